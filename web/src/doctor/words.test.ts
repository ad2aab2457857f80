import { expect, it } from 'vitest';
import { ailing } from '../../dev/fake/doctor.ts';
import { hashOf, partsOf, routeOf } from '../shell/route.ts';
import { matches, sorted } from './networks.ts';
import { matches as fits } from './historyFilter.ts';
import { soundOf } from './severity.ts';
import { agoWords, spanWords } from './spans.ts';
import { ticketOf } from './ticket.ts';

const NOW = new Date('2026-11-26T10:00:00Z');
const { networks, findings } = ailing(NOW);

it.each([
  [400, '0 secs'],
  [59_000, '59 secs'],
  [60_000, '1 min'],
  [3_725_000, '1 hr 2 mins'],
  [90_061_000, '1 day 1 hr'],
  [-5_000, '0 secs'],
])('%d ms are %s', (span_ms, words) => {
  expect(spanWords(span_ms, 'en-GB')).toBe(words);
});

it('says how long ago something was in the reader’s language', () => {
  expect(agoWords(3_400, 'en-GB')).toBe('3 seconds ago');
  expect(agoWords(125_000, 'fr')).toBe('il y a 2 minutes');
});

it('does not call unmeasured sound good', () => {
  expect([4.4, 4, 3.7, 2, null].map(soundOf)).toEqual(['good', 'good', 'fair', 'poor', 'unknown']);
});

it('finds networks by name, address and what is said of them', () => {
  const found = (text: string) =>
    networks.filter((each) => matches(each, { text, verdict: '' }, each.locality)).map(({ name }) => name);
  expect(found('cleo')).toEqual(['Cleo Marchetti']);
  expect(found('yilmaz')).toEqual([]);
  expect(found('10.8 vpn')).toEqual(['Ben Okafor']);
  expect(found('')).toHaveLength(networks.length);
});

it('sorts networks, and those alike by name', () => {
  const names = (order: Parameters<typeof sorted>[1]) =>
    sorted(networks, order, 'en').map(({ name }) => name);
  expect(names('worst').slice(0, 3)).toEqual([
    expect.stringMatching(/^Max/),
    'Cleo Marchetti',
    'Anna Berger',
  ]);
  expect(names('worst').at(-1)).toBe('Elif Yılmaz');
  expect(names('delay')[0]).toBe('Cleo Marchetti');
  expect(names('name')[0]).toBe('Anna Berger');
  expect(names('seen').at(-1)).toBe('Elif Yılmaz');
});

it('finds past findings by every word in them, and by severity', () => {
  const found = (text: string, severity: '' | 'note') =>
    findings.filter((each) => fits(each, { text, severity }));
  expect(found('two ROUTERS 203.0', '')).toHaveLength(1);
  expect(found('', 'note').map(({ rule }) => rule)).toEqual(['R-j']);
  expect(found('nothing of the kind', '')).toEqual([]);
});

it('writes a finding as plain text', () => {
  const [finding] = findings;
  if (finding === undefined) throw new Error('there is one');
  const text = ticketOf(
    { ...finding, possible: '' },
    {
      severity: (each) => each.toUpperCase(),
      confidence: (each) => each,
      culprit: 'Culprit',
      subject: 'Whom',
      since: 'Since',
      seen: 'Seen',
      possible: 'Works',
      fix: 'Do',
      retest: 'Test',
      moment: (at) => at.slice(11, 16),
    },
  );
  expect(text).toMatch(/^\[PROBLEM, R-e\] The office has two routers/);
  expect(text).toContain('Culprit: Office router (high)\nWhom: Everybody outside\nSince: 07:46');
  expect(text).toContain('- STUN servers see 198.51.100.2 (09:59)\n');
  expect(text).toContain('- Interface eth0, gateway 192.168.1.1\n');
  expect(text).toContain('Do:\n1. Decide');
  expect(text).not.toContain('Works');
  expect(text.endsWith('.\n')).toBe(true);
});

it('leads from addresses that were sent to the page that shows them', () => {
  expect(hashOf('/admin/doctor/checks/7')).toBe('#/admin/doctor/checks/7');
  expect(hashOf('/')).toBeNull();
  expect(hashOf('/administration')).toBeNull();
  expect(routeOf('#/admin/doctor/rules/R-e')).toBe('admin');
  expect(partsOf('#/admin/doctor/findings/a%7Cb')).toEqual(['admin', 'doctor', 'findings', 'a|b']);
  expect(partsOf('#/calls/100%')).toEqual(['calls', '100%']);
  expect(routeOf('#/nowhere')).toBe('keypad');
});
