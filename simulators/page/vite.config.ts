import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page of the demo. Everything it needs is in the bundle: it loads nothing from anywhere else. */
export default defineConfig({
  root: `${import.meta.dirname}/app`,
  base: '/',
  // Nobody edits a built page: a Vite cache in node_modules would be one more thing to be stale.
  cacheDir: `${import.meta.dirname}/../../.cache/vite`,
  plugins: [react()],
  build: { target: 'es2024', assetsInlineLimit: 0, chunkSizeWarningLimit: 2000, reportCompressedSize: false },
});
