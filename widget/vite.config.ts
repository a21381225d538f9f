import { defineConfig } from 'vite';

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
