import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page of the board. Everything it needs is in the bundle, and nothing of it stands in the HTML: the policy of the page lets in no inline script. */
export default defineConfig({
  root: `${import.meta.dirname}/app`,
  base: '/board/',
  cacheDir: `${import.meta.dirname}/../.cache/vite-board`,
  plugins: [react()],
  build: { target: 'es2024', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
});
