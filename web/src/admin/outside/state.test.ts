import { expect, it } from 'vitest';
import { line, trunk } from '../../../dev/fake/outsideCalls.ts';
import type { TrunkLine } from '../../api/types.ts';
import { momentWords } from '../../ui/moment.ts';
import { moved } from './order.ts';
import { stateOf } from './state.ts';

const up = (since: string): TrunkLine => ({ ...line('1'), state: 'up', since });
const trouble = { code: 'silent', text: 'no answer' };
const waiting: TrunkLine = { ...line('2'), state: 'waiting', retry_at: '2026-11-26T10:01:00Z', trouble };
const withLines = (...lines: TrunkLine[]) =>
  trunk(1, 'A', 'generic', 'sip.example.com', line('1'), { lines });

it('is up since its last line is, and registered if every account is', () => {
  const both = withLines(up('2026-11-26T09:00:00Z'), up('2026-11-26T09:05:00Z'));
  const since = '2026-11-26T09:05:00Z';
  expect(stateOf(both)).toEqual({ is: 'up', since, registered: true, lines: 2, round_trip_ms: null });
  expect(stateOf({ ...both, accounts: [] })).toMatchObject({ is: 'up', registered: false });
});

it('is down with the trouble of a line, and partly up while others work', () => {
  expect(stateOf(withLines(waiting))).toEqual({ is: 'down', line: waiting });
  expect(stateOf(withLines(line('1'), waiting))).toEqual({ is: 'down', line: waiting });
  const partly = withLines(up('2026-11-26T09:00:00Z'), line('3'), waiting);
  expect(stateOf(partly)).toEqual({ is: 'partly', up: 1, lines: 3, line: waiting });
});

it('takes as long to answer as its slowest line', () => {
  const lines = [12.3, null, 40.1].map((round_trip_ms) => ({ ...up('2026-11-26T09:00:00Z'), round_trip_ms }));
  expect(stateOf(withLines(...lines))).toMatchObject({ is: 'up', round_trip_ms: 40.1 });
});

it('connects until something is known', () => {
  expect(stateOf(withLines(line('1')))).toEqual({ is: 'starting' });
  expect(stateOf(withLines())).toEqual({ is: 'starting' });
  expect(stateOf(withLines({ ...line('1'), trouble }))).toMatchObject({ is: 'down' });
});

it('is off when it is switched off', () => {
  expect(stateOf({ ...withLines(), enabled: false })).toEqual({ is: 'off' });
});

it('says the day of other days', () => {
  const now = new Date(2026, 10, 26, 12, 0);
  expect(momentWords(new Date(2026, 10, 26, 9, 41).toISOString(), now, 'en-GB')).toBe('09:41');
  expect(momentWords(new Date(2026, 10, 25, 9, 41).toISOString(), now, 'en-GB')).toBe('25 Nov, 09:41');
});

it('moves within its list only', () => {
  expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c']);
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c']);
});
