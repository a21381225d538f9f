import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/** Vite's helper for `import()` costs 500 bytes more of the bridge's 4096; ours does what the bridge needs of it. */
const smallPreload: Plugin = {
  name: 'small-preload',
  enforce: 'pre',
  resolveId: (id) =>
    id === '\0vite/preload-helper.js' ? join(import.meta.dirname, 'bridge/preload.ts') : undefined,
};

// `--mode loader` builds the classic script for the customer's page; otherwise the modules of our frame.
export default defineConfig(({ mode }) =>
  mode === 'loader'
    ? {
        build: {
          target: 'es2020',
          rolldownOptions: {
            input: 'loader/main.ts',
            output: { format: 'iife', entryFileNames: 'loader.js' },
          },
        },
      }
    : {
        plugins: [smallPreload],
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
        build: {
          manifest: 'manifest.json',
          modulePreload: { polyfill: false },
          rolldownOptions: {
            input: { bridge: 'bridge/main.ts' },
            // The bridge names every file that opening loads: bytes of its budget. The manifest says what each is.
            output: { chunkFileNames: 'assets/[hash:6].js', assetFileNames: 'assets/[hash:6][extname]' },
          },
        },
      },
);
