/** The desk phone under control: what the server tells and what was pressed, in; the screens' state and requests, out. */
import { describe, expect, it } from 'vitest';
import { liveCall } from '../../dev/fake/oneNumber.ts';
import type { LiveCall } from '../api/types.ts';
import { initialRemote, reduceRemote, type Remote, type RemoteEvent, type Request } from './remote.ts';
import { phoneStateOf } from './remote/shown.ts';

const DESK = { id: 1012, label: 'Desk phone', registered: true };
const BEN = { number: '102', name: 'Ben Okafor' };
const CLEO = { number: '103', name: 'Cleo Marchetti' };
const NOW = Date.parse('2026-11-26T12:00:00Z');

const live = (some: Partial<LiveCall> & Pick<LiveCall, 'state'>): LiveCall =>
  liveCall({ call: 'c', ...some }, NOW);

function play(...events: RemoteEvent[]): { remote: Remote; requests: Request[] } {
  const start: Remote = { ...initialRemote, phone: DESK, live: [] };
  let remote = start;
  const requests: Request[] = [];
  for (const event of events) {
    const step = reduceRemote(remote, event);
    remote = step.remote;
    requests.push(...step.requests);
  }
  return { remote, requests };
}

const told = (...calls: LiveCall[]): RemoteEvent => ({ type: 'Told', calls, at: NOW });
const pressed = (what: 'answer' | 'decline' | 'hang_up' | 'toggle_hold', call = 'c'): RemoteEvent => ({
  type: 'Pressed',
  call,
  what,
});
const callsOf = ({ remote }: { remote: Remote }) => phoneStateOf(remote).calls;

describe('the line', () => {
  it('connects until phone and calls are known, and again when the server falls silent', () => {
    expect(phoneStateOf({ ...initialRemote, live: [] }).line).toEqual({ state: 'connecting' });
    expect(phoneStateOf({ ...initialRemote, phone: DESK }).line).toEqual({ state: 'connecting' });
    expect(phoneStateOf(play(told()).remote).line).toEqual({ state: 'ready' });
    expect(phoneStateOf(play(told(), { type: 'Lost' }).remote).line).toEqual({ state: 'connecting' });
  });

  it.each([null, { ...DESK, registered: false }])('is away without a connected phone', (phone) => {
    const { remote } = play({ type: 'PhoneChosen', phone });
    expect(phoneStateOf(remote).line).toEqual({ state: 'desk_phone_away' });
  });
});

describe('a call', () => {
  it.each([
    ['lifting', 'caller', { phase: 'dialling', step: 'lifting' }],
    ['dialling', 'caller', { phase: 'dialling', step: 'far_ringing' }],
    ['ringing', 'caller', { phase: 'dialling', step: 'lifting' }],
    ['ringing', 'called', { phase: 'ringing' }],
    ['talking', 'called', { phase: 'running', hold: 'talking', far_end: 'talking' }],
    ['moving', 'called', { phase: 'running', hold: 'talking', far_end: 'talking' }],
    ['holding', 'called', { phase: 'running', hold: 'held', far_end: 'talking' }],
    ['held', 'called', { phase: 'running', hold: 'talking', far_end: 'holding' }],
  ] as const)('that is %s for the %s is shown as one of the browser’s would be', (state, side, shown) => {
    expect(callsOf(play(told(live({ state, side }))))).toEqual([expect.objectContaining(shown)]);
  });

  it('at another phone is not shown, unless it rings', () => {
    const elsewhere = { device_ids: [1011] };
    expect(callsOf(play(told(live({ state: 'talking', ...elsewhere }))))).toEqual([]);
    expect(callsOf(play(told(live({ state: 'ringing', ...elsewhere }))))).toHaveLength(1);
  });

  it.each([
    ['talking', 'hang_up', { because: 'hung_up', by: 'us' }],
    ['talking', null, { because: 'hung_up', by: 'them' }],
    ['ringing', null, { because: 'missed' }],
    ['ringing', 'decline', { because: 'rejected_by_us' }],
  ] as const)('that was %s and ends after %s says why, and goes after a moment', (state, what, reason) => {
    const events = [told(live({ state })), ...(what === null ? [] : [pressed(what)]), told()];
    const played = play(...events);
    expect(callsOf(played)).toEqual([expect.objectContaining({ phase: 'ended', reason })]);
    expect(played.requests.at(-1)).toEqual({ do: 'ForgetLater', call: 'c', delay_ms: 2_500 });
    expect(callsOf(play(...events, { type: 'Forgotten', call: 'c' }))).toEqual([]);
  });

  it('of a team that rings no more may have been answered by a colleague', () => {
    const ringing = live({ state: 'ringing', team_id: 1 });
    const reason = (...events: RemoteEvent[]) => callsOf(play(told(ringing), ...events, told()));
    expect(reason()).toEqual([expect.objectContaining({ reason: { because: 'stopped_ringing' } })]);
    expect(reason(pressed('decline'))).toEqual([
      expect.objectContaining({ reason: { because: 'rejected_by_us' } }),
    ]);
  });

  it('that goes on at another phone leaves without a word', () => {
    const played = play(
      told(live({ state: 'talking' })),
      told(live({ state: 'talking', device_ids: [1011] })),
    );
    expect(callsOf(played)).toEqual([]);
    expect(played.requests).toEqual([]);
  });

  it('that was declined is gone at once', () => {
    const { remote, requests } = play(told(live({ state: 'ringing' })), pressed('decline'));
    expect(phoneStateOf(remote).calls).toEqual([]);
    expect(requests).toEqual([{ do: 'Control', call: 'c', what: 'decline' }]);
  });
});

describe('dialling', () => {
  const dialled: RemoteEvent = { type: 'Dialled', call: 'mine', party: BEN, at: NOW };
  const lifting = live({ state: 'lifting', side: 'caller' });

  it('calls the desk phone first, and shows so until the server tells', () => {
    const played = play(dialled);
    expect(played.requests).toEqual([{ do: 'Dial', call: 'mine', device: 1012, number: '102' }]);
    expect(callsOf(played)).toEqual([expect.objectContaining({ id: 'mine', step: 'lifting', party: BEN })]);
  });

  it.each([
    [{ type: 'Begun', id: 'mine', call: 'c' } as const, told(lifting)],
    [told(lifting), { type: 'Begun', id: 'mine', call: 'c' } as const],
  ])('shows one call whichever comes first, the answer or the news', (first, second) => {
    expect(callsOf(play(dialled, first))).toHaveLength(1);
    expect(callsOf(play(dialled, first, second))).toEqual([expect.objectContaining({ id: 'c' })]);
  });

  describe('and hanging up at once', () => {
    const hangUp = { do: 'Control', call: 'c', what: 'hang-up' };
    const begun: RemoteEvent = { type: 'Begun', id: 'mine', call: 'c' };

    it.each([
      ['before the answer', [dialled, pressed('hang_up', 'mine'), begun]],
      ['after the answer, before the news', [dialled, begun, pressed('hang_up', 'c')]],
      [
        'under the old name, when the news come before the answer',
        [dialled, pressed('hang_up', 'mine'), told(lifting), begun],
      ],
    ])('%s is told as soon as the call is known, once', (_when, events) => {
      const played = play(...events);
      expect(played.requests.slice(1)).toEqual([hangUp]);
      expect(play(...events, pressed('hang_up', 'c')).requests.slice(1)).toEqual([hangUp]);
      expect(callsOf(play(...events, told(lifting), told()))).toEqual([
        expect.objectContaining({ phase: 'ended', reason: { because: 'cancelled' } }),
      ]);
    });

    it('shows the call no more', () => {
      expect(callsOf(play(dialled, pressed('hang_up', 'mine')))).toEqual([]);
      expect(callsOf(play(dialled, pressed('hang_up', 'mine'), begun))).toEqual([]);
    });
  });

  it('is over when the server refuses', () => {
    expect(callsOf(play(dialled, { type: 'Refused', call: 'mine' }))).toEqual([]);
  });

  it('holds who talks', () => {
    const { requests } = play(told(live({ state: 'talking', call: 'other' })), dialled);
    expect(requests.map((each) => each.do)).toEqual(['Control', 'Dial']);
    expect(requests[0]).toEqual({ do: 'Control', call: 'other', what: 'hold' });
  });

  it.each([null, 'not_known'] as const)('does nothing while the phone is %s', (phone) => {
    expect(play({ type: 'PhoneChosen', phone }, dialled).requests).toEqual([]);
  });
});

describe('what was pressed', () => {
  it('answers, and holds who talks before', () => {
    const talking = live({ call: 'other', state: 'talking' });
    const played = play(told(talking, live({ state: 'ringing' })), pressed('answer'));
    expect(played.requests).toEqual([
      { do: 'Control', call: 'other', what: 'hold' },
      { do: 'Answer', call: 'c', device: 1012 },
    ]);
    expect(callsOf(played)).toEqual([
      expect.objectContaining({ id: 'other', hold: 'holding' }),
      expect.objectContaining({ id: 'c', phase: 'answering' }),
    ]);
  });

  it('does not hold who is being hung up', () => {
    const { requests } = play(
      told(live({ call: 'other', state: 'talking' }), live({ state: 'ringing' })),
      pressed('hang_up', 'other'),
      pressed('answer'),
    );
    expect(requests.map((each) => each.do)).toEqual(['Control', 'Answer']);
  });

  it('rings on when the answer is refused', () => {
    const played = play(told(live({ state: 'ringing' })), pressed('answer'), { type: 'Refused', call: 'c' });
    expect(callsOf(played)).toEqual([expect.objectContaining({ phase: 'ringing' })]);
  });

  it.each([
    ['talking', 'hold', 'holding', 'holding', 'held'],
    ['holding', 'resume', 'resuming', 'talking', 'talking'],
  ] as const)('toggles from %s', (state, what, meanwhile, then, shown) => {
    const before = [told(live({ state })), pressed('toggle_hold')];
    const played = play(...before);
    expect(played.requests).toEqual([{ do: 'Control', call: 'c', what }]);
    expect(callsOf(played)).toEqual([expect.objectContaining({ hold: meanwhile })]);
    expect(callsOf(play(...before, told(live({ state: then }))))).toEqual([
      expect.objectContaining({ hold: shown }),
    ]);
    expect(callsOf(play(...before, { type: 'Refused', call: 'c' }))).toEqual([
      expect.objectContaining({ hold_refused: what }),
    ]);
  });

  it('sends keys, and shows them', () => {
    const tone = (each: string): RemoteEvent => ({ type: 'TonePressed', call: 'c', tone: each });
    const played = play(told(live({ state: 'talking' })), tone('4'), tone('#'));
    expect(played.requests).toEqual([
      { do: 'SendDigits', call: 'c', digits: '4' },
      { do: 'SendDigits', call: 'c', digits: '#' },
    ]);
    expect(callsOf(played)).toEqual([expect.objectContaining({ tones: '4#' })]);
  });

  it('transfers, or says that it did not', () => {
    const before: RemoteEvent[] = [
      told(live({ state: 'talking' })),
      { type: 'TransferPressed', call: 'c', to: CLEO },
    ];
    expect(play(...before).requests).toEqual([{ do: 'Transfer', call: 'c', number: '103' }]);
    expect(callsOf(play(...before, told()))).toEqual([
      expect.objectContaining({ reason: { because: 'transferred', to: CLEO } }),
    ]);
    expect(callsOf(play(...before, { type: 'Refused', call: 'c' }))).toEqual([
      expect.objectContaining({ transfer: { state: 'failed', to: CLEO, status: null } }),
    ]);
  });

  it.each(['answer', 'decline', 'hang_up', 'toggle_hold'] as const)(
    '%s asks nothing about a call that is gone',
    (what) => {
      expect(play(told(), pressed(what)).requests).toEqual([]);
    },
  );
});

it('keeps few farewells', () => {
  const events = Array.from({ length: 20 }, (_, index): RemoteEvent[] => [
    told(live({ call: `c-${index}`, state: 'talking' })),
    told(),
  ]).flat();
  expect(callsOf(play(...events))).toHaveLength(8);
});
