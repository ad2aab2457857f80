import { expect, it } from 'vitest';
import type { Recording } from '../api/types.ts';
import { matches, mayFollow } from './filter.ts';
import { barsOf, pathOf, speakersAt } from './shape.ts';

it('draws each part between its loudest and its mean', () => {
  expect(barsOf([0, 255, 51, 51, 0, 102], 3)).toEqual([0.75, 0.2, 0.3]);
});

it('draws short recordings wider, and nothing as a line', () => {
  expect(barsOf([255], 3)).toEqual([1, 1, 1]);
  expect(barsOf([], 2)).toEqual([0, 0]);
});

it('draws one voice up and the other one down', () => {
  expect(pathOf([1], 3, 32, -1)).toBe('M1.5 31v-30.0');
  expect(pathOf([0.5], 3, 32, 1)).toBe('M1.5 33v15.0');
});

const peaks = { step_ms: 200, own: [200, 0, 0, 0, 0, 0], others: [0, 0, 0, 0, 150, 150] };

it.each([
  [0, { own: true, others: false }],
  [0.25, { own: true, others: false }],
  [0.45, { own: false, others: false }],
  [1.1, { own: false, others: true }],
  [99, { own: false, others: false }],
])('knows who speaks after %s s', (at_s, speaks) => {
  expect(speakersAt(peaks, at_s)).toEqual(speaks);
});

const recording: Recording = {
  id: 'r',
  call_id: 'c',
  started_at: new Date(2026, 10, 23, 0, 30).toISOString(),
  duration_ms: 1,
  state: 'complete',
  stopped: null,
  by: 'rule',
  own: { user_id: 1, number: '101', name: 'Anna Bérger' },
  other: { user_id: null, number: '+498912345678', name: null },
  bytes: 1,
  delete_after: '2027-01-01T00:00:00Z',
};
const nameOf = ({ name, number }: { name: string | null; number: string }) => name ?? number;

it.each([
  ['', true],
  ['berg', true],
  ['anna berger', true],
  ['ger', false],
  ['89123', true],
  ['anna 101 +49', true],
  ['anna ben', false],
])('finds by “%s”: %s', (text, isFound) => {
  expect(matches(recording, { text, day: '' }, nameOf)).toBe(isFound);
});

it('knows days in the reader’s own time, and when no older one can fit', () => {
  expect(matches(recording, { text: '', day: '2026-11-23' }, nameOf)).toBe(true);
  expect(matches(recording, { text: '', day: '2026-11-22' }, nameOf)).toBe(false);
  expect(mayFollow(recording, { text: '', day: '2026-11-22' })).toBe(true);
  expect(mayFollow(recording, { text: '', day: '2026-11-24' })).toBe(false);
  expect(mayFollow(undefined, { text: '', day: '2026-11-24' })).toBe(true);
});
