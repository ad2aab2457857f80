import { expect, it } from 'vitest';
import { waitBefore } from './backoff.ts';

it('tries soon at first, and never waits longer than 15 seconds', () => {
  expect(waitBefore(0, 0.999)).toBeLessThanOrEqual(500);
  expect(waitBefore(3, 0.999)).toBeGreaterThan(waitBefore(0, 0.999));
  for (const attempt of [5, 6, 100]) expect(waitBefore(attempt, 0.999)).toBeLessThanOrEqual(15_000);
});

it('spreads phones over half of the wait', () => {
  expect(waitBefore(5, 0)).toBe(7_500);
  expect(waitBefore(5, 0.5)).toBe(11_250);
});
