import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Hold, type Outcome } from './hold.ts';

const AGREED: Outcome = { is: 'agreed' };
const GLARE: Outcome = { is: 'not_now', wait_ms: null };

/** A far end that gives these outcomes, one after the other, and then agrees. */
function meet(outcomes: Outcome[], { owner = true, ready = true } = {}) {
  const offers: { held: boolean; at_ms: number }[] = [];
  const told: string[] = [];
  const line = { ready };
  const began = Date.now();
  const hold = new Hold(
    owner,
    {
      ready: () => line.ready,
      offer: async (held) => {
        offers.push({ held, at_ms: Date.now() - began });
        return Promise.resolve(outcomes.shift() ?? AGREED);
      },
    },
    {
      agreed: (held) => told.push(held ? 'held' : 'talking'),
      refused: () => told.push('refused'),
    },
  );
  return { hold, offers, told, line };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('offers once when the far end agrees', async () => {
  const { hold, offers, told } = meet([]);
  hold.want(true);
  await vi.runAllTimersAsync();
  expect(offers).toEqual([{ held: true, at_ms: 0 }]);
  expect(told).toEqual(['held']);
});

it.each([
  { owner: true, chance: 0, wait_ms: 2_100 },
  { owner: true, chance: 0.999_999, wait_ms: 4_000 },
  { owner: false, chance: 0, wait_ms: 0 },
  { owner: false, chance: 0.999_999, wait_ms: 2_000 },
])('waits $wait_ms ms after glare (owner: $owner, chance: $chance)', async ({ owner, chance, wait_ms }) => {
  vi.spyOn(Math, 'random').mockReturnValue(chance);
  const { hold, offers, told } = meet([GLARE], { owner });
  hold.want(true);
  await vi.runAllTimersAsync();
  expect(offers.map(({ at_ms }) => at_ms)).toEqual([0, wait_ms]);
  expect(told).toEqual(['held']);
});

it('waits as long as the far end says', async () => {
  const { hold, offers } = meet([{ is: 'not_now', wait_ms: 7_000 }]);
  hold.want(true);
  await vi.runAllTimersAsync();
  expect(offers.map(({ at_ms }) => at_ms)).toEqual([0, 7_000]);
});

it('gives up after four tries, and may be asked again', async () => {
  const { hold, offers, told } = meet([GLARE, GLARE, GLARE, GLARE]);
  hold.want(true);
  await vi.runAllTimersAsync();
  expect(offers).toHaveLength(4);
  expect(told).toEqual(['refused']);
  expect(hold.silent).toBe(false);
  hold.want(true);
  await vi.runAllTimersAsync();
  expect(told).toEqual(['refused', 'held']);
});

it('stays on hold when the far end refuses to go on', async () => {
  const { hold, told } = meet([AGREED, { is: 'refused' }]);
  hold.want(true);
  await vi.runAllTimersAsync();
  hold.want(false);
  await vi.runAllTimersAsync();
  expect(told).toEqual(['held', 'refused']);
  expect(hold.silent).toBe(true);
});

it('follows a wish that changed while it asked', async () => {
  const { hold, offers, told } = meet([AGREED, AGREED, AGREED]);
  hold.want(true);
  await vi.runAllTimersAsync();
  hold.want(false);
  hold.want(true);
  await vi.runAllTimersAsync();
  expect(offers.map(({ held }) => held)).toEqual([true, false, true]);
  expect(told).toEqual(['held', 'held']);
});

it('asks no further when the wish is given up during the wait', async () => {
  const { hold, offers, told } = meet([GLARE]);
  hold.want(true);
  await vi.advanceTimersByTimeAsync(0);
  hold.want(false);
  await vi.runAllTimersAsync();
  expect(offers).toHaveLength(1);
  expect(told).toEqual(['talking']);
});

it('waits for the line, but not for ever', async () => {
  const { hold, line, offers, told } = meet([], { ready: false });
  hold.want(true);
  await vi.advanceTimersByTimeAsync(1_000);
  line.ready = true;
  await vi.runAllTimersAsync();
  expect(told).toEqual(['held']);
  line.ready = false;
  hold.want(false);
  await vi.runAllTimersAsync();
  expect(offers).toHaveLength(1);
  expect(told).toEqual(['held', 'refused']);
});

it('is silent from the wish to hold until the far end agreed to go on', async () => {
  const { hold } = meet([AGREED, GLARE]);
  hold.want(true);
  expect(hold.silent).toBe(true);
  await vi.runAllTimersAsync();
  hold.want(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(hold.silent).toBe(true);
  await vi.runAllTimersAsync();
  expect(hold.silent).toBe(false);
});

it('says nothing about a call that is over', async () => {
  const { hold, offers, told } = meet([GLARE]);
  hold.want(true);
  await vi.advanceTimersByTimeAsync(0);
  hold.stop();
  await vi.runAllTimersAsync();
  expect(offers).toHaveLength(1);
  expect(told).toEqual([]);
});
