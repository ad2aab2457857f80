/** A call that went badly for a while: from Anna's browser to a provider, with a network that changed in the middle. */
import type { Flight, Series } from '../../src/api/doctor.ts';

const SECONDS = 180;
/** Between these seconds hardly anything of Anna's arrived. */
const TROUBLE = { from: 71, until: 88 };

export function demoFlight(now: Date): Flight {
  const begun_at = new Date(now.getTime() - 60_000 * 34).toISOString();
  const says = (at_ms: number, leg: number, from: string, to: string, what: string, note = '') => ({
    at_ms,
    leg,
    from,
    to,
    what,
    note,
  });
  return {
    call: 'c-2',
    begun_at,
    ended_at_ms: 177_000,
    left_out: 0,
    legs: [
      { leg: 1, party: '101', name: 'Anna Berger', kind: 'browser', trunk: null, codec: 'Opus' },
      {
        leg: 2,
        party: '+498912345678',
        name: 'Steuerbüro Müller-Lüdenscheidt & Partner',
        kind: 'trunk',
        trunk: 'Head office',
        codec: 'G.722',
      },
    ],
    ladder: [
      says(0, 1, 'browser', 'farend', 'INVITE', 'with SDP'),
      says(2, 1, 'farend', 'browser', '100 Trying'),
      says(14, 2, 'farend', 'sip.example.net', 'INVITE', 'with SDP'),
      says(41, 2, 'sip.example.net', 'farend', '407 Proxy Authentication Required'),
      says(42, 2, 'farend', 'sip.example.net', 'ACK'),
      says(44, 2, 'farend', 'sip.example.net', 'INVITE', 'with SDP, authorised'),
      says(930, 2, 'sip.example.net', 'farend', '180 Ringing'),
      says(931, 1, 'farend', 'browser', '180 Ringing'),
      says(5_240, 2, 'sip.example.net', 'farend', '200 OK', 'with SDP'),
      says(5_242, 2, 'farend', 'sip.example.net', 'ACK'),
      says(5_244, 1, 'farend', 'browser', '200 OK', 'with SDP'),
      says(5_301, 1, 'browser', 'farend', 'ACK'),
      says(76_120, 1, 'browser', 'farend', 'INVITE', 'ICE restart'),
      says(76_131, 1, 'farend', 'browser', '200 OK', 'with SDP'),
      says(176_900, 2, 'sip.example.net', 'farend', 'BYE'),
      says(176_903, 2, 'farend', 'sip.example.net', '200 OK'),
      says(176_905, 1, 'farend', 'browser', 'BYE'),
      says(176_960, 1, 'browser', 'farend', '200 OK'),
    ],
    marks: [
      { at_ms: 5_420, leg: 1, kind: 'connected', text: 'Sound of Anna Berger’s browser goes over UDP' },
      {
        at_ms: 73_400,
        leg: 1,
        kind: 'trouble',
        text: 'Nothing of Anna Berger’s arrives: lost in the network',
      },
      { at_ms: 76_120, leg: 1, kind: 'ice_restart', text: 'Another way is looked for' },
      { at_ms: 88_010, leg: 1, kind: 'way', text: 'Sound goes over TCP 8802' },
      { at_ms: 88_400, leg: 1, kind: 'trouble_end', text: 'Sound of Anna Berger’s arrives again' },
    ],
    series: [
      curves(1, 'received', true),
      { ...curves(1, 'sent', false), level_dbov: nothing(), mos: nothing() },
      curves(2, 'received', false),
      curves(2, 'sent', true),
    ],
  };
}

function nothing(): null[] {
  return Array.from({ length: SECONDS }, () => null);
}

/** The same every time: pictures and tests compare them. */
function noise(at: number, salt: number): number {
  const value = Math.sin(at * 12.9898 + salt * 78.233) * 43_758.5453;
  return value - Math.floor(value);
}

function curves(leg: number, direction: Series['direction'], isHit: boolean): Series {
  const salt = 2 * leg + (direction === 'sent' ? 1 : 0);
  const each = (value: (at: number, bad: boolean) => number | null) =>
    Array.from({ length: SECONDS }, (_, at) =>
      at < 5 ? null : value(at, isHit && at >= TROUBLE.from && at < TROUBLE.until),
    );
  return {
    leg,
    direction,
    from_ms: 0,
    step_ms: 1_000,
    level_dbov: each((at, bad) =>
      bad ? null : Math.round(-58 + 40 * noise(Math.floor(at / 4), salt) * noise(at, salt + 1)),
    ),
    loss_percent: each((at, bad) =>
      bad ? 70 + Math.round(30 * noise(at, salt)) : noise(at, salt + 2) > 0.93 ? 1.5 : 0,
    ),
    jitter_ms: each((at, bad) => Math.round((bad ? 60 : 3) + 8 * noise(at, salt + 3))),
    round_trip_ms: each((at, bad) =>
      bad ? null : Math.round((at > TROUBLE.until && leg === 1 ? 140 : 32) + 12 * noise(at, salt + 4)),
    ),
    mos: each((at, bad) =>
      bad
        ? 1.2
        : Math.round(10 * (4.3 - 0.4 * noise(at, salt + 5) - (at > TROUBLE.until && leg === 1 ? 0.3 : 0))) /
          10,
    ),
    packets: Array.from({ length: SECONDS }, (_, at) =>
      at < 5 ? 0 : isHit && at >= TROUBLE.from && at < TROUBLE.until ? 9 : 50,
    ),
  };
}
