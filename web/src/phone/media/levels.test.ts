import { expect, it } from 'vitest';
import { meterPosition } from './levels.ts';

it('shows silence at the bottom, full scale at the top and -30 dB in the middle', () => {
  expect(meterPosition(new Float32Array(64))).toBe(0);
  expect(meterPosition(new Float32Array(64).fill(1))).toBe(1);
  expect(meterPosition(new Float32Array(64).fill(10 ** (-30 / 20)))).toBeCloseTo(0.5, 5);
  expect(meterPosition(new Float32Array(64).fill(0.0001))).toBe(0);
});
