import '@testing-library/jest-dom/vitest';
import { cleanup } from '@testing-library/react';
import { afterEach, beforeEach, vi } from 'vitest';
import { startTranslation } from '../src/i18n/i18n.ts';

// What a browser has and jsdom has not.
vi.stubGlobal('matchMedia', (query: string) => ({
  matches: query.includes('reduced-motion'),
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined,
}));
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe(): void {
      // Nothing has a size here.
    }
    unobserve(): void {
      // Nothing has a size here.
    }
    disconnect(): void {
      // Nothing has a size here.
    }
  },
);
HTMLCanvasElement.prototype.getContext = () => null;
Element.prototype.scrollIntoView = () => undefined;

beforeEach(async () => {
  localStorage.clear();
  window.location.hash = '';
  await startTranslation();
});
afterEach(cleanup);
