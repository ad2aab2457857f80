import { expect, it } from 'vitest';
import { endReason, type SessionEnd } from './causes.ts';
import type { EndReason } from './calls.ts';

const out: SessionEnd = {
  direction: 'outgoing',
  answered: false,
  rang: false,
  by: 'them',
  cause: 'Rejected',
  status: null,
  reason: null,
};
const incoming: SessionEnd = { ...out, direction: 'incoming', rang: true, cause: 'Canceled' };

const cases: [string, Partial<SessionEnd>, EndReason][] = [
  [
    'another phone of ours takes over',
    { answered: true, cause: 'Terminated', reason: 'SIP;cause=200;text="Call moved"' },
    { because: 'moved' },
  ],
  ['they hang up', { answered: true, cause: 'Terminated' }, { because: 'hung_up', by: 'them' }],
  ['we hang up', { answered: true, cause: 'Terminated', by: 'us' }, { because: 'hung_up', by: 'us' }],
  ['the media dies', { answered: true, cause: 'RTP Timeout', by: 'system' }, { because: 'connection_lost' }],
  ['the server is away', { cause: 'Connection Error', by: 'system' }, { because: 'server_away' }],
  ['the server is silent', { cause: 'Request Timeout', by: 'system' }, { because: 'server_away' }],
  ['we give up', { cause: 'Canceled', by: 'us' }, { because: 'cancelled' }],
  ['our patience ends', { cause: 'No Answer', by: 'us' }, { because: 'no_answer' }],
  ['403', { status: 403 }, { because: 'not_permitted' }],
  [
    '403 of a phone that moved on',
    { status: 403, reason: 'SIP;cause=403;text="signed in elsewhere"' },
    { because: 'displaced' },
  ],
  ['404', { status: 404 }, { because: 'unknown_number' }],
  ['484', { status: 484 }, { because: 'unknown_number' }],
  ['408', { status: 408 }, { because: 'no_answer' }],
  ['480 before ringing', { status: 480 }, { because: 'offline' }],
  ['480 after ringing', { status: 480, rang: true }, { because: 'no_answer' }],
  ['486', { status: 486 }, { because: 'busy' }],
  ['600', { status: 600 }, { because: 'busy' }],
  ['488', { status: 488 }, { because: 'no_common_codec' }],
  ['503', { status: 503 }, { because: 'server_full' }],
  ['603', { status: 603 }, { because: 'declined' }],
  ['500', { status: 500 }, { because: 'failed', status: 500 }],
  ['something else', { cause: 'WebRTC Error', by: 'system' }, { because: 'failed', status: null }],
];
it.each(cases)('an outgoing call ends: %s', (_, end, reason) => {
  expect(endReason({ ...out, ...end })).toEqual(reason);
});

it('an incoming call that nobody took is missed', () => {
  expect(endReason(incoming)).toEqual({ because: 'missed' });
});

it('an incoming call that another phone took is not missed', () => {
  const reason = 'SIP;cause=200;text="Call completed elsewhere"';
  expect(endReason({ ...incoming, reason })).toEqual({ because: 'answered_elsewhere' });
});

it('an incoming call that we turned down was turned down by us', () => {
  expect(endReason({ ...incoming, by: 'us', cause: 'Rejected' })).toEqual({ because: 'rejected_by_us' });
});
