import { expect, it } from 'vitest';
import { FakeLocks } from '../../dev/fake/locks.ts';
import { LeadingTab } from './leadingTab.ts';

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

function tab(locks: FakeLocks) {
  const told: boolean[] = [];
  const leading = new LeadingTab(locks);
  return { told, leading, leave: leading.join((leads) => told.push(leads)) };
}

it('leads alone', async () => {
  const { told } = tab(new FakeLocks());
  await settle();
  expect(told.at(-1)).toBe(true);
});

it('leads everywhere without locks', () => {
  const told: boolean[] = [];
  new LeadingTab(null).join((leads) => told.push(leads));
  expect(told).toEqual([true]);
});

it('follows the tab before, and gets the phone when that one leaves', async () => {
  const locks = new FakeLocks();
  const first = tab(locks);
  const second = tab(locks);
  await settle();
  expect(second.told).toEqual([false]);
  first.leave();
  await settle();
  expect(second.told).toEqual([false, true]);
});

it('takes over, and the other one gets the phone back afterwards', async () => {
  const locks = new FakeLocks();
  const first = tab(locks);
  const second = tab(locks);
  await settle();
  second.leading.takeOver();
  await settle();
  expect(second.told.at(-1)).toBe(true);
  expect(first.told.at(-1)).toBe(false);
  second.leave();
  await settle();
  expect(first.told.at(-1)).toBe(true);
});

it('is told nothing after it has left', async () => {
  const locks = new FakeLocks();
  const first = tab(locks);
  const second = tab(locks);
  await settle();
  second.leave();
  first.leave();
  await settle();
  expect(second.told).toEqual([false]);
});
