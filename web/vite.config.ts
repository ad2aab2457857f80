import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds a running server (`farend demo`). */
const SERVER = process.env.FAREND_SERVER ?? 'https://localhost:8802';
/** Every browser since mid-2024; older targets would have `light-dark()` rewritten into something that does not work. */
export const BROWSERS = ['chrome123', 'edge123', 'firefox128', 'safari17.5'];

const proxied = { target: SERVER, secure: false, changeOrigin: true };

export default defineConfig({
  plugins: [react()],
  build: { target: 'es2022', cssTarget: BROWSERS, chunkSizeWarningLimit: 900 },
  server: {
    port: 5173,
    proxy: {
      '/api': { ...proxied, ws: true },
      '/sip': { ...proxied, ws: true },
    },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['./dev/test-setup.ts'],
    include: ['src/**/*.test.{ts,tsx}', 'dev/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    testTimeout: 60_000,
  },
});
