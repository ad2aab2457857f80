import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeEach, vi } from 'vitest';
import { startTranslation } from '../src/i18n/i18n.ts';

// A page's whole markup says less than the name that was not found. Busy machines get more than a second.
configure({ asyncUtilTimeout: 15_000, getElementError: (message) => new Error(message?.split('\n')[0]) });

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
// Fields that grow with their text wait for fonts.
Object.defineProperty(document, 'fonts', { value: new EventTarget() });
HTMLCanvasElement.prototype.getContext = () => null;
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.setPointerCapture = () => undefined;

beforeEach(async () => {
  localStorage.clear();
  sessionStorage.clear();
  window.location.hash = '';
  await startTranslation();
});
afterEach(cleanup);
