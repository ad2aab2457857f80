import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { BROWSERS } from '../vite.config.ts';

/** The app on the fake server, for development without a backend and for screenshots. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: '../public',
  plugins: [react()],
  build: {
    target: 'es2022',
    cssTarget: BROWSERS,
    outDir: 'dist',
    emptyOutDir: true,
    chunkSizeWarningLimit: 2000,
  },
  server: { port: 5174 },
});
