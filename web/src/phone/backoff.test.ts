import { expect, it } from 'vitest';
import { RACE_ATTEMPTS_MAX, raceWindow, waitBefore } from './backoff.ts';

it('tries soon at first, and never waits longer than 15 seconds', () => {
  expect(waitBefore(0, 0.999)).toBeLessThanOrEqual(500);
  expect(waitBefore(3, 0.999)).toBeGreaterThan(waitBefore(0, 0.999));
  for (const attempt of [5, 6, 100]) expect(waitBefore(attempt, 0.999)).toBeLessThanOrEqual(15_000);
});

it('spreads phones over half of the wait', () => {
  expect(waitBefore(5, 0)).toBe(7_500);
  expect(waitBefore(5, 0.5)).toBe(11_250);
});

it('races fast at first, and for about as long as the server keeps a call', () => {
  const windows = Array.from({ length: RACE_ATTEMPTS_MAX }, (_, attempt) => raceWindow(attempt));
  expect(windows.slice(0, 3)).toEqual([600, 600, 900]);
  const total_ms = windows.reduce((sum, window) => sum + window, 0);
  expect(total_ms).toBeGreaterThan(30_000);
  expect(total_ms).toBeLessThan(35_000);
});
