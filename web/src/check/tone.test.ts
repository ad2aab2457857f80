import { expect, it } from 'vitest';
import { isTone, peakDbfs, toneShare } from './tone.ts';

const RATE_HZ = 48_000;
const sound = (at: (index: number) => number) =>
  Float32Array.from({ length: 2_048 }, (_, index) => at(index));
const tone = (hz: number, gain: number) =>
  sound((index) => gain * Math.sin((2 * Math.PI * hz * index) / RATE_HZ));
/** The same noise every time. */
const noise = (gain: number) => {
  let seed = 1;
  return sound(() => {
    seed = (seed * 16_807) % 2_147_483_647;
    return gain * (2 * (seed / 2_147_483_647) - 1);
  });
};
const mixed = (one: Float32Array, other: Float32Array) =>
  one.map((sample, index) => sample + (other[index] ?? 0));

it('finds all of a pure tone at its frequency, and nothing of another one', () => {
  expect(toneShare(tone(1_000, 0.3), RATE_HZ, 1_000)).toBeCloseTo(1, 1);
  // Between two bins as well.
  expect(toneShare(tone(1_007, 0.3), RATE_HZ, 1_000)).toBeGreaterThan(0.8);
  expect(toneShare(tone(440, 0.3), RATE_HZ, 1_000)).toBeLessThan(0.01);
});

it('hears the tone through noise, however quiet it is', () => {
  expect(isTone(mixed(tone(1_000, 0.25), noise(0.1)), RATE_HZ)).toBe(true);
  expect(isTone(tone(1_000, 0.01), RATE_HZ)).toBe(true);
});

it('takes neither noise nor silence nor another tone for it', () => {
  for (const other of [noise(0.3), tone(0, 0), tone(425, 0.3), tone(1_000, 0.001)]) {
    expect(isTone(other, RATE_HZ)).toBe(false);
  }
  expect(toneShare(new Float32Array(0), RATE_HZ, 1_000)).toBe(0);
});

it('tells the loudest sample in decibels below full scale', () => {
  expect(peakDbfs(new Float32Array(8))).toBe(-127);
  expect(peakDbfs(new Float32Array([0, -0.1, 0.05]))).toBe(-20);
  expect(peakDbfs(new Float32Array([1.5]))).toBe(0);
});
