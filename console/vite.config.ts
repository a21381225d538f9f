import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  build: {
    modulePreload: { polyfill: false },
    // Every asset a file: the policy `default-src 'self'` has no room for data: addresses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
  },
});
