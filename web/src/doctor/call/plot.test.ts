import { expect, it } from 'vitest';
import { indexAt, pathOf, scaleOf, thinned, ticksOf } from './plot.ts';

it('draws a gap where nothing was measured, and a dot for a value alone', () => {
  const path = pathOf([0, 5, null, 10, null], { min: 0, max: 10 }, 40, 100);
  expect(path).toBe('M0.0 100.0h0.01L10.0 50.0M30.0 0.0h0.01');
});

it('keeps what leaves the scale at its edge', () => {
  expect(pathOf([-127, 3], { min: -80, max: 0 }, 10, 10)).toBe('M0.0 10.0h0.01L10.0 0.0');
});

it('never divides by nothing where there is one value', () => {
  expect(pathOf([1], { min: 0, max: 1 }, 100, 10)).toBe('M0.0 0.0h0.01');
});

it('shows the worst of what falls together, and no value where there was none', () => {
  expect(thinned([0, 9, 1, null, null, 2], 3, 'loss_percent')).toEqual([9, 1, 2]);
  expect(thinned([4.2, 1.1, 4.3, null], 2, 'mos')).toEqual([1.1, 4.3]);
  expect(thinned([null, null, 3, 4], 2, 'jitter_ms')).toEqual([null, 4]);
  expect(thinned([1, 2], 60, 'jitter_ms')).toEqual([1, 2]);
});

it.each([
  ['jitter_ms', [], 20],
  ['jitter_ms', [21], 50],
  ['loss_percent', [null], 5],
  ['loss_percent', [100], 100],
  ['round_trip_ms', [101, null], 200],
  ['level_dbov', [-20], 0],
  ['mos', [4.4], 4.5],
] as const)('the scale of %s for %o ends at %d', (metric, values, max) => {
  expect(scaleOf(metric, values).max).toBe(max);
});

it('writes round moments below the curves', () => {
  expect(ticksOf(180_000, 4)).toEqual([0, 60_000, 120_000, 180_000]);
  expect(ticksOf(1_000, 4)).toEqual([0, 1_000]);
});

it('looks at the nearest value, also beyond both ends', () => {
  expect(indexAt(2_600, 1_000, 10)).toBe(3);
  expect(indexAt(-5, 1_000, 10)).toBe(0);
  expect(indexAt(99_000, 1_000, 10)).toBe(9);
  expect(indexAt(0, 1_000, 0)).toBeNull();
});
