import { expect, it } from 'vitest';
import type { JournalCall } from '../api/types.ts';
import { demoCompany } from '../../dev/fake/company.ts';
import { lastEnd, unseenMissed } from './missed.ts';

const now = new Date('2026-11-23T12:00:00Z');
const { calls } = demoCompany(now);
const [newest] = calls;
if (newest === undefined) throw new Error('somebody has called');

const missedAt = (ended_at: string): JournalCall => ({ ...newest, ended_at });

it('counts every missed call while nothing was seen', () => {
  expect(unseenMissed(calls, null)).toBe(2);
});

it('counts none after the list was seen, until somebody calls again', () => {
  const seen = lastEnd(calls);
  expect(unseenMissed(calls, seen)).toBe(0);
  expect(unseenMissed([missedAt('2026-11-23T12:01:00Z'), ...calls], seen)).toBe(1);
});

it('counts a call that was still ringing when the list was seen', () => {
  const ringing: JournalCall = { ...newest, outcome: 'ringing', ended_at: null };
  const seen = lastEnd([ringing, ...calls]);
  expect(unseenMissed([missedAt('2026-11-23T12:00:30Z'), ...calls], seen)).toBe(1);
});

it('compares times and not their spelling', () => {
  expect(unseenMissed([missedAt('2026-11-23T13:30:00+02:00')], '2026-11-23T12:00:00Z')).toBe(0);
});

it('has nothing to remember without calls', () => {
  expect(lastEnd([])).toBeNull();
});
