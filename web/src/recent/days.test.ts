import { expect, it } from 'vitest';
import { dayOf } from './days.ts';

const words = { today: 'Today', yesterday: 'Yesterday' };
const now = new Date(2026, 2, 1, 0, 30);

it.each([
  ['2026-03-01', 'Today'],
  ['2026-02-28', 'Yesterday'],
  ['2026-02-20', 'Friday 20 February'],
  ['2025-12-31', 'Wednesday 31 December 2025'],
])('%s is %s', (day, shown) => {
  expect(dayOf(day, 'en-GB', words, now).replace(',', '')).toBe(shown);
});
