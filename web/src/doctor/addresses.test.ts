import { expect, it } from 'vitest';
import { demoCompany } from '../../dev/fake/company.ts';
import type { Subject } from '../api/doctor.ts';
import { callOf } from './addresses.ts';

const NOW = new Date('2026-11-27T12:00:00Z');
const { calls } = demoCompany(NOW);
const ABOUT: Subject = { kind: 'call', id: 3, leg: 1 };
const since = (minutes_ago: number) => new Date(NOW.getTime() - 60_000 * minutes_ago).toISOString();

it('a finding about a call is about the one that has its number and ran then', () => {
  expect(callOf(calls, { subject: ABOUT, since: since(70) })?.id).toBe('c-3');
});

it('a finding from before a call, or long after it, is about one of another run of the server', () => {
  expect(callOf(calls, { subject: ABOUT, since: since(72) })).toBeUndefined();
  expect(callOf(calls, { subject: ABOUT, since: since(40) })).toBeUndefined();
});

it('a finding about something else is about no call, whatever its number', () => {
  expect(callOf(calls, { subject: { kind: 'phone', id: 3 }, since: since(70) })).toBeUndefined();
});
