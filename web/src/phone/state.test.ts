import { describe, expect, it } from 'vitest';
import {
  foregroundCall,
  givesWay,
  initialState,
  ringingCalls,
  type Call,
  type PhoneState,
  type Quality,
} from './calls.ts';
import { reduce } from './state.ts';
import { FAILURE_MS, FAREWELL_MS } from './state/ends.ts';
import type { Command, PhoneEvent } from './state/events.ts';
import { RINGING_LOST_MS, RINGS_ALONE_MS } from './state/line.ts';
import { TONES_SHOWN_MAX } from './state/phases.ts';
import { CALLS_MAX } from './state/turns.ts';

const ben = { number: '102', name: 'Ben' };
const cleo = { number: '103', name: 'Cleo' };
const quality: Quality = {
  verdict: 'poor',
  direction: 'sending',
  loss_percent: 9,
  jitter_ms: 4,
  round_trip_ms: 80,
};

/** Plays events one after the other and keeps all commands. */
function play(
  events: readonly PhoneEvent[],
  from: PhoneState = initialState,
): { state: PhoneState; commands: Command[] } {
  let state = from;
  const commands: Command[] = [];
  for (const event of events) {
    const step = reduce(state, event);
    state = step.state;
    commands.push(...step.commands);
  }
  return { state, commands };
}

const dialled = (call = 'a', party = ben): PhoneEvent => ({ type: 'Dialled', call, party, at: 1_000 });
const called = (call = 'a', party = ben): PhoneEvent => ({ type: 'Called', call, party, at: 1_000 });
const opened = (call = 'a'): PhoneEvent => ({ type: 'MicrophoneOpened', call });
const answered = (call = 'a'): PhoneEvent => ({ type: 'Answered', call, at: 5_000 });
const pressed = (call = 'a'): PhoneEvent => ({ type: 'AnswerPressed', call, at: 2_000 });
const gone = (call = 'a'): PhoneEvent => ({
  type: 'Ended',
  call,
  reason: { because: 'hung_up', by: 'them' },
  at: 65_000,
});
const talking = (call = 'a', party = ben): PhoneEvent[] => [
  dialled(call, party),
  opened(call),
  answered(call),
];
const holdPressed = (call = 'a'): PhoneEvent => ({ type: 'HoldPressed', call, at: 9_000 });
const held = (call = 'a'): PhoneEvent => ({ type: 'HoldAgreed', call, held: true });
const goodbye = (call: string, delay_ms: number): Command[] => [
  { do: 'ReleaseMedia', call },
  { do: 'ForgetLater', call, delay_ms },
];

/** One call in each of its situations. */
const situations = {
  'dialling, microphone': [dialled()],
  'dialling, sent': [dialled(), opened()],
  'dialling, far end rings': [dialled(), opened(), { type: 'FarEndRinging', call: 'a', early_media: false }],
  'dialling, early media': [dialled(), opened(), { type: 'FarEndRinging', call: 'a', early_media: true }],
  ringing: [called()],
  'answering, microphone': [called(), pressed()],
  'answering, sent': [called(), pressed(), opened()],
  'running, talking': talking(),
  'running, holding': [...talking(), holdPressed()],
  'running, held': [...talking(), holdPressed(), held()],
  'running, resuming': [...talking(), holdPressed(), held(), holdPressed()],
  'running, transfer asked': [...talking(), { type: 'TransferPressed', call: 'a', to: cleo }],
  ended: [...talking(), gone()],
} satisfies Record<string, PhoneEvent[]>;
type Situation = keyof typeof situations;

/** Every event about a call. */
const events = {
  Dialled: dialled(),
  AnswerPressed: pressed(),
  RejectPressed: { type: 'RejectPressed', call: 'a', at: 9_000 },
  HangUpPressed: { type: 'HangUpPressed', call: 'a', at: 9_000 },
  PhoneLeft: { type: 'PhoneLeft', call: 'a', at: 9_000 },
  HoldPressed: holdPressed(),
  MutePressed: { type: 'MutePressed', call: 'a' },
  TonePressed: { type: 'TonePressed', call: 'a', tone: '5' },
  TransferPressed: { type: 'TransferPressed', call: 'a', to: cleo },
  Dismissed: { type: 'Dismissed', call: 'a' },
  MicrophoneOpened: opened(),
  MicrophoneFailed: { type: 'MicrophoneFailed', call: 'a', problem: 'denied', at: 9_000 },
  Called: called(),
  FarEndRinging: { type: 'FarEndRinging', call: 'a', early_media: false },
  Answered: answered(),
  HoldAgreed: held(),
  HoldRefused: { type: 'HoldRefused', call: 'a' },
  FarEndHolding: { type: 'FarEndHolding', call: 'a', holding: true },
  PartyChanged: { type: 'PartyChanged', call: 'a', party: cleo },
  Journalled: { type: 'Journalled', call: 'a', journal_id: 'j1' },
  MediaChanged: { type: 'MediaChanged', call: 'a', media: 'interrupted' },
  TransferAgreed: { type: 'TransferAgreed', call: 'a', at: 9_000 },
  TransferRefused: { type: 'TransferRefused', call: 'a', status: 486 },
  Ended: gone(),
  QualityMeasured: { type: 'QualityMeasured', call: 'a', quality },
  WayMeasured: { type: 'WayMeasured', call: 'a', way: { by: 'tcp', port: 8802, delay_ms: 90 } },
  SoundWatched: {
    type: 'SoundWatched',
    call: 'a',
    direction: 'from_me',
    loss: { whose: 'me', stage: 'network_in', microphone: null },
  },
  FarewellOver: { type: 'FarewellOver', call: 'a' },
} satisfies Partial<Record<PhoneEvent['type'], PhoneEvent>>;
type EventName = keyof typeof events;

/** What each event does in each situation: a short name of where it leads; everything not listed changes nothing. */
const transitions: Record<Situation, Partial<Record<EventName, string>>> = {
  'dialling, microphone': {
    Journalled: 'dialling microphone |',
    MediaChanged: 'dialling microphone |',
    MicrophoneOpened: 'dialling sent | Invite',
    MicrophoneFailed: 'ended microphone |',
    Answered: 'running talking |',
    HangUpPressed: 'ended cancelled |',
    PhoneLeft: 'ended cancelled |',
    RejectPressed: 'ended cancelled |',
    Ended: 'ended hung_up |',
  },
  'dialling, sent': {
    Journalled: 'dialling sent |',
    MediaChanged: 'dialling sent |',
    MicrophoneFailed: 'ended microphone |',
    FarEndRinging: 'dialling far_ringing |',
    Answered: 'running talking |',
    HangUpPressed: 'ended cancelled | HangUp',
    PhoneLeft: 'ended cancelled | HangUp',
    RejectPressed: 'ended cancelled | HangUp',
    Ended: 'ended hung_up |',
  },
  'dialling, far end rings': {
    Journalled: 'dialling far_ringing |',
    MediaChanged: 'dialling far_ringing |',
    MicrophoneFailed: 'ended microphone |',
    FarEndRinging: 'dialling far_ringing |',
    Answered: 'running talking |',
    HangUpPressed: 'ended cancelled | HangUp',
    PhoneLeft: 'ended cancelled | HangUp',
    RejectPressed: 'ended cancelled | HangUp',
    Ended: 'ended hung_up |',
  },
  'dialling, early media': {
    Journalled: 'dialling early_media |',
    MediaChanged: 'dialling early_media |',
    MicrophoneFailed: 'ended microphone |',
    Answered: 'running talking |',
    HangUpPressed: 'ended cancelled | HangUp',
    PhoneLeft: 'ended cancelled | HangUp',
    RejectPressed: 'ended cancelled | HangUp',
    Ended: 'ended hung_up |',
  },
  ringing: {
    Journalled: 'ringing |',
    AnswerPressed: 'answering microphone | OpenMicrophone',
    HangUpPressed: 'ended rejected_by_us | Refuse',
    PhoneLeft: 'ended missed | Refuse',
    RejectPressed: 'ended rejected_by_us | Refuse',
    Ended: 'ended hung_up |',
  },
  'answering, microphone': {
    Journalled: 'answering microphone |',
    MediaChanged: 'answering microphone |',
    MicrophoneOpened: 'answering sent | Accept',
    MicrophoneFailed: 'ended microphone | Refuse',
    Answered: 'running talking |',
    HangUpPressed: 'ended rejected_by_us | Refuse',
    PhoneLeft: 'ended missed | Refuse',
    RejectPressed: 'ended rejected_by_us | Refuse',
    Ended: 'ended hung_up |',
  },
  'answering, sent': {
    Journalled: 'answering sent |',
    MediaChanged: 'answering sent |',
    MicrophoneFailed: 'ended microphone | Refuse',
    Answered: 'running talking |',
    HangUpPressed: 'ended rejected_by_us | Refuse',
    PhoneLeft: 'ended missed | Refuse',
    RejectPressed: 'ended rejected_by_us | Refuse',
    Ended: 'ended hung_up |',
  },
  'running, talking': {
    Journalled: 'running talking |',
    HoldPressed: 'running holding | Hold',
    HoldAgreed: 'running held |',
    MutePressed: 'running talking | SetMuted',
    TonePressed: 'running talking | SendTone',
    TransferPressed: 'running talking | Transfer',
    FarEndHolding: 'running talking |',
    PartyChanged: 'running talking |',
    MediaChanged: 'running talking |',
    QualityMeasured: 'running talking |',
    WayMeasured: 'running talking |',
    SoundWatched: 'running talking |',
    HangUpPressed: 'ended hung_up | HangUp',
    PhoneLeft: 'ended hung_up | HangUp',
    RejectPressed: 'ended hung_up | HangUp',
    Ended: 'ended hung_up |',
  },
  'running, holding': {
    Journalled: 'running holding |',
    HoldAgreed: 'running held |',
    HoldRefused: 'running talking |',
    MutePressed: 'running holding | SetMuted',
    TonePressed: 'running holding | SendTone',
    TransferPressed: 'running holding | Transfer',
    FarEndHolding: 'running holding |',
    PartyChanged: 'running holding |',
    MediaChanged: 'running holding |',
    QualityMeasured: 'running holding |',
    WayMeasured: 'running holding |',
    SoundWatched: 'running holding |',
    HangUpPressed: 'ended hung_up | HangUp',
    PhoneLeft: 'ended hung_up | HangUp',
    RejectPressed: 'ended hung_up | HangUp',
    Ended: 'ended hung_up |',
  },
  'running, held': {
    Journalled: 'running held |',
    HoldPressed: 'running resuming | Resume',
    HoldAgreed: 'running held |',
    MutePressed: 'running held | SetMuted',
    TonePressed: 'running held | SendTone',
    TransferPressed: 'running held | Transfer',
    FarEndHolding: 'running held |',
    PartyChanged: 'running held |',
    MediaChanged: 'running held |',
    QualityMeasured: 'running held |',
    WayMeasured: 'running held |',
    SoundWatched: 'running held |',
    HangUpPressed: 'ended hung_up | HangUp',
    PhoneLeft: 'ended hung_up | HangUp',
    RejectPressed: 'ended hung_up | HangUp',
    Ended: 'ended hung_up |',
  },
  'running, resuming': {
    Journalled: 'running resuming |',
    HoldAgreed: 'running held |',
    HoldRefused: 'running held |',
    MutePressed: 'running resuming | SetMuted',
    TonePressed: 'running resuming | SendTone',
    TransferPressed: 'running resuming | Transfer',
    FarEndHolding: 'running resuming |',
    PartyChanged: 'running resuming |',
    MediaChanged: 'running resuming |',
    QualityMeasured: 'running resuming |',
    WayMeasured: 'running resuming |',
    SoundWatched: 'running resuming |',
    HangUpPressed: 'ended hung_up | HangUp',
    PhoneLeft: 'ended hung_up | HangUp',
    RejectPressed: 'ended hung_up | HangUp',
    Ended: 'ended hung_up |',
  },
  'running, transfer asked': {
    Journalled: 'running talking |',
    HoldPressed: 'running holding | Hold',
    HoldAgreed: 'running held |',
    MutePressed: 'running talking | SetMuted',
    TonePressed: 'running talking | SendTone',
    TransferAgreed: 'ended transferred | HangUp',
    TransferRefused: 'running talking |',
    FarEndHolding: 'running talking |',
    PartyChanged: 'running talking |',
    MediaChanged: 'running talking |',
    QualityMeasured: 'running talking |',
    WayMeasured: 'running talking |',
    SoundWatched: 'running talking |',
    HangUpPressed: 'ended hung_up | HangUp',
    PhoneLeft: 'ended hung_up | HangUp',
    RejectPressed: 'ended hung_up | HangUp',
    // The far end that took the transfer hangs up with us.
    Ended: 'ended transferred |',
  },
  ended: {
    Dismissed: 'forgotten |',
    FarewellOver: 'forgotten |',
  },
};

function describeCall(call: Call | undefined): string {
  switch (call?.phase) {
    case undefined:
      return 'forgotten';
    case 'dialling':
    case 'answering':
      return `${call.phase} ${call.step}`;
    case 'ringing':
      return 'ringing';
    case 'running':
      return `running ${call.hold}`;
    case 'ended':
      return `ended ${call.reason.because}`;
  }
}

describe('every event in every situation', () => {
  for (const situation of Object.keys(situations) as Situation[]) {
    for (const name of Object.keys(events) as EventName[]) {
      const expected = transitions[situation][name];
      it(`${situation}: ${name} ${expected === undefined ? 'changes nothing' : `leads to ${expected}`}`, () => {
        const before = play(situations[situation]).state;
        const { state, commands } = reduce(before, events[name]);
        if (expected === undefined) {
          expect(state).toBe(before);
          expect(commands).toEqual([]);
          return;
        }
        const told = commands
          .map((command) => command.do)
          .filter((word) => word !== 'ReleaseMedia' && word !== 'ForgetLater');
        expect(`${describeCall(state.calls[0])} | ${told.join(' ')}`.trim()).toBe(expected);
        const ends = expected.startsWith('ended');
        expect(commands.filter((command) => command.do === 'ReleaseMedia')).toHaveLength(ends ? 1 : 0);
        expect(commands.filter((command) => command.do === 'ForgetLater')).toHaveLength(ends ? 1 : 0);
      });
    }
  }
});

describe('an outgoing call', () => {
  it('opens the microphone, invites, rings, talks and ends', () => {
    const { state, commands } = play([
      dialled(),
      opened(),
      { type: 'FarEndRinging', call: 'a', early_media: false },
      answered(),
      gone(),
    ]);
    expect(commands).toEqual([
      { do: 'OpenMicrophone', call: 'a' },
      { do: 'Invite', call: 'a', number: '102' },
      ...goodbye('a', FAREWELL_MS),
    ]);
    expect(state.calls).toEqual([
      {
        phase: 'ended',
        id: 'a',
        party: ben,
        direction: 'outgoing',
        journal_id: null,
        reason: { because: 'hung_up', by: 'them' },
        ended_at: 65_000,
        talked_ms: 60_000,
      },
    ]);
  });

  it('stays on the screen longer when there is something to do about its end', () => {
    const { commands } = play([
      dialled(),
      opened(),
      { type: 'Ended', call: 'a', reason: { because: 'busy' }, at: 2_000 },
    ]);
    expect(commands.slice(2)).toEqual(goodbye('a', FAILURE_MS));
  });

  it('sends nothing to the server when it is given up before the microphone opened', () => {
    const { commands } = play([dialled(), { type: 'HangUpPressed', call: 'a', at: 1_500 }, opened()]);
    expect(commands).toEqual([{ do: 'OpenMicrophone', call: 'a' }, ...goodbye('a', FAREWELL_MS)]);
  });

  it('clears away ended calls', () => {
    const { state } = play([...talking('a'), gone('a'), dialled('b', cleo)]);
    expect(state.calls.map((call) => call.id)).toEqual(['b']);
  });
});

describe('call waiting', () => {
  it('puts the running call on hold when the second one is answered', () => {
    const { state, commands } = play([...talking('a'), called('b', cleo), pressed('b')]);
    expect(commands.slice(2)).toEqual([
      { do: 'Hold', call: 'a' },
      { do: 'OpenMicrophone', call: 'b' },
    ]);
    expect(foregroundCall(state)?.id).toBe('b');
  });

  it('puts the running call on hold when another one is dialled', () => {
    const { commands } = play([...talking('a'), dialled('b', cleo)]);
    expect(commands.slice(2)).toEqual([
      { do: 'Hold', call: 'a' },
      { do: 'OpenMicrophone', call: 'b' },
    ]);
  });

  it('swaps: resuming one call holds the other', () => {
    const { state, commands } = play([
      ...talking('a'),
      called('b', cleo),
      pressed('b'),
      opened('b'),
      answered('b'),
      held('a'),
      holdPressed(),
    ]);
    expect(commands.slice(-2)).toEqual([
      { do: 'Hold', call: 'b' },
      { do: 'Resume', call: 'a' },
    ]);
    expect(foregroundCall(state)?.id).toBe('a');
  });

  it('leaves the waiting call on hold when the other one ends', () => {
    const { state } = play([
      ...talking('a'),
      called('b', cleo),
      pressed('b'),
      opened('b'),
      answered('b'),
      held('a'),
      gone('b'),
    ]);
    expect(foregroundCall(state)).toMatchObject({ id: 'a', hold: 'held' });
  });

  it('keeps the running call in the foreground while another one rings', () => {
    const { state } = play([...talking('a'), called('b', cleo)]);
    expect(foregroundCall(state)?.id).toBe('a');
    expect(ringingCalls(state).map((call) => call.id)).toEqual(['b']);
  });
});

describe('one call at a time', () => {
  const rings = (call = 'a'): PhoneEvent => ({ type: 'FarEndRinging', call, early_media: false });
  const refusedHold = (call = 'a'): PhoneEvent => ({ type: 'HoldRefused', call });
  const holds = (state: PhoneState) =>
    state.calls.map((call) => `${call.id} ${call.phase === 'running' ? call.hold : call.phase}`);

  it('gives up the call that rings at a far end when another one is dialled', () => {
    const { state, commands } = play([dialled(), opened(), rings(), dialled('b', cleo)]);
    expect(commands.slice(2)).toEqual([
      { do: 'HangUp', call: 'a' },
      ...goodbye('a', FAREWELL_MS),
      { do: 'OpenMicrophone', call: 'b' },
    ]);
    expect(holds(state)).toEqual(['b dialling']);
  });

  it('gives up the call that rings at a far end when another one is answered', () => {
    const { state, commands } = play([dialled(), opened(), rings(), called('b', cleo), pressed('b')]);
    expect(commands.slice(2)).toEqual([
      { do: 'HangUp', call: 'a' },
      ...goodbye('a', FAREWELL_MS),
      { do: 'OpenMicrophone', call: 'b' },
    ]);
    // The far end may have answered before it heard that.
    const late = play([opened('b'), answered('b'), answered('a')], state);
    expect(holds(late.state)).toEqual(['b talking']);
  });

  it('gives up the call that rings at a far end when another one is resumed', () => {
    const { state } = play([
      ...talking(),
      dialled('b', cleo),
      held(),
      opened('b'),
      rings('b'),
      holdPressed(),
    ]);
    expect(holds(state)).toEqual(['a resuming', 'b ended']);
  });

  it.each(Object.keys(situations) as Situation[])(
    'tells beforehand what becomes of a call: %s',
    (situation) => {
      const { state } = play(situations[situation]);
      const [before] = state.calls;
      const { commands } = play([called('b', cleo), pressed('b')], state);
      const ends = commands.some((command) => command.do === 'ReleaseMedia' && command.call === 'a');
      expect(before !== undefined && givesWay(before)).toBe(ends);
      expect(commands.some((command) => command.do === 'Refuse')).toBe(false);
    },
  );

  it('dials once when pressed twice', () => {
    const { state } = play([dialled(), opened()]);
    expect(reduce(state, dialled('b'))).toEqual({ state, commands: [] });
  });

  it.each([
    ['first', ['a', 'b']],
    ['last', ['b', 'a']],
  ])('talks to whom was turned to last, also when the other one gets through %s', (_, order) => {
    const both = [called('a'), called('b', cleo), pressed('a'), pressed('b'), opened('a'), opened('b')];
    const { state, commands } = play([...both, ...order.map(answered)]);
    expect(holds(state)).toEqual(['a holding', 'b talking']);
    expect(commands.filter((command) => command.do === 'Hold')).toEqual([{ do: 'Hold', call: 'a' }]);
    expect(foregroundCall(state)?.id).toBe('b');
  });

  it('talks to the first one after all when the other one has gone', () => {
    const { state } = play([
      called('a'),
      called('b', cleo),
      pressed('a'),
      pressed('b'),
      gone('b'),
      opened('a'),
      answered('a'),
    ]);
    expect(holds(state)).toEqual(['a talking', 'b ended']);
  });

  it('is not heard by a call that refuses to be held', () => {
    const { state, commands } = play([...talking(), called('b', cleo), pressed('b'), refusedHold()]);
    expect(state.calls[0]).toMatchObject({ hold: 'talking', microphone: 'muted', hold_refused: 'hold' });
    expect(commands.at(-1)).toEqual({ do: 'SetMuted', call: 'a', muted: true });
  });
});

describe('a call that rings while the line is lost', () => {
  const away = (at = 10_000): PhoneEvent => ({
    type: 'LineChanged',
    line: { state: 'away', retry_at: null },
    at,
  });
  const back = (at: number): PhoneEvent => ({ type: 'LineChanged', line: { state: 'ready' }, at });
  const passed = (at: number): PhoneEvent => ({ type: 'TimePassed', at });
  const ringing = (events: PhoneEvent[]) => play([called(), ...events]).state.calls[0];

  it('falls silent, and ends when the line does not come back', () => {
    const { state, commands } = play([called(), away()]);
    expect(commands).toEqual([
      { do: 'WakeLater', delay_ms: RINGS_ALONE_MS },
      { do: 'WakeLater', delay_ms: RINGING_LOST_MS },
    ]);
    const silent = play([passed(10_000 + RINGS_ALONE_MS)], state);
    expect(silent.state.calls[0]).toMatchObject({ phase: 'ringing', line: { is: 'silent' } });
    expect(silent.commands).toEqual([]);
    const over = play([passed(10_000 + RINGING_LOST_MS)], silent.state);
    expect(over.state.calls[0]).toMatchObject({ phase: 'ended', reason: { because: 'connection_lost' } });
    expect(over.commands).toEqual([{ do: 'Refuse', call: 'a', status: 480 }, ...goodbye('a', FAILURE_MS)]);
  });

  it('rings on when the line comes back, whatever was to come', () => {
    expect(ringing([away(), passed(11_600), back(12_000)])).toMatchObject({ line: { is: 'there' } });
    expect(ringing([away(), back(10_900), passed(11_500), passed(20_000)])).toMatchObject({
      phase: 'ringing',
      line: { is: 'there' },
    });
  });

  it('counts from when the line was lost last', () => {
    const events = [away(), back(11_000), away(19_000), passed(11_500), passed(20_000)];
    expect(ringing(events)).toMatchObject({ line: { is: 'lost', lost_at: 19_000 } });
  });

  it('does not count anew with every attempt to connect', () => {
    expect(ringing([away(), away(15_000)])).toMatchObject({ line: { lost_at: 10_000 } });
    expect(play([called(), away(), away(15_000)]).commands).toHaveLength(2);
  });

  it('leaves other calls alone', () => {
    const { state } = play([...talking('b'), called(), away()]);
    const { state: later } = play([passed(60_000)], state);
    expect(later.calls.map((call) => call.phase)).toEqual(['running', 'ended']);
    expect(reduce(later, passed(70_000))).toEqual({ state: later, commands: [] });
  });
});

describe('limits', () => {
  const full = Array.from({ length: CALLS_MAX }, (_, index) => called(`c${index}`));

  it('tells further callers that we are busy', () => {
    const { state } = play(full);
    const step = reduce(state, called('more'));
    expect(step.state).toBe(state);
    expect(step.commands).toEqual([{ do: 'Refuse', call: 'more', status: 486 }]);
  });

  it('dials no further call', () => {
    const { state } = play(full);
    expect(reduce(state, dialled('more'))).toEqual({ state, commands: [] });
  });

  it('does not count ended calls', () => {
    const { state } = play([...full, gone('c0')]);
    expect(reduce(state, dialled('more')).commands).toEqual([{ do: 'OpenMicrophone', call: 'more' }]);
  });

  it('shows the last digits only', () => {
    const many = Array.from({ length: TONES_SHOWN_MAX + 3 }, (_, index): PhoneEvent => ({
      type: 'TonePressed',
      call: 'a',
      tone: String(index % 10),
    }));
    const { state } = play([...talking(), ...many]);
    expect(state.calls[0]).toMatchObject({
      tones: many
        .map((_, index) => String(index % 10))
        .slice(3)
        .join(''),
    });
  });
});

describe('details of a running call', () => {
  it('mutes and unmutes', () => {
    const { state, commands } = play([
      ...talking(),
      { type: 'MutePressed', call: 'a' },
      { type: 'MutePressed', call: 'a' },
    ]);
    expect(commands.slice(2)).toEqual([
      { do: 'SetMuted', call: 'a', muted: true },
      { do: 'SetMuted', call: 'a', muted: false },
    ]);
    expect(state.calls[0]).toMatchObject({ microphone: 'open' });
  });

  it('sends no tone that no keypad has', () => {
    const { commands } = play([...talking(), { type: 'TonePressed', call: 'a', tone: 'x' }]);
    expect(commands).toHaveLength(2);
  });

  it('remembers why a transfer failed, and may try again', () => {
    const failed = play([
      ...talking(),
      { type: 'TransferPressed', call: 'a', to: cleo },
      { type: 'TransferRefused', call: 'a', status: 486 },
    ]);
    expect(failed.state.calls[0]).toMatchObject({
      phase: 'running',
      transfer: { state: 'failed', to: cleo, status: 486 },
    });
    const again = reduce(failed.state, { type: 'TransferPressed', call: 'a', to: cleo });
    expect(again.commands).toEqual([{ do: 'Transfer', call: 'a', to: '103' }]);
  });

  it('says that a hold was refused, until the next try', () => {
    const hold = holdPressed();
    const refused = play([...talking(), hold, { type: 'HoldRefused', call: 'a' }]);
    expect(refused.state.calls[0]).toMatchObject({ phase: 'running', hold: 'talking', hold_refused: 'hold' });
    const again = play([hold], refused.state);
    expect(again.state.calls[0]).toMatchObject({ hold: 'holding', hold_refused: null });
    const resumed = play([held(), hold, { type: 'HoldRefused', call: 'a' }], again.state);
    expect(resumed.state.calls[0]).toMatchObject({ hold: 'held', hold_refused: 'resume' });
  });

  it('remembers that sound travelled before anybody answered', () => {
    const flowing: PhoneEvent = { type: 'MediaChanged', call: 'a', media: 'flowing' };
    expect(play([dialled(), opened(), flowing, answered()]).state.calls[0]).toMatchObject({
      media: 'flowing',
    });
    expect(play(talking()).state.calls[0]).toMatchObject({ media: 'connecting' });
  });

  it('knows who talks after a transfer at the far end', () => {
    const { state } = play([...talking(), { type: 'PartyChanged', call: 'a', party: cleo }, gone()]);
    expect(state.calls[0]).toMatchObject({ phase: 'ended', party: cleo });
  });

  it('takes a better name of the same person for no transfer', () => {
    const party = { ...ben, name: 'Ben Okafor' };
    const { state } = play([...talking(), { type: 'PartyChanged', call: 'a', party }]);
    expect(state.calls[0]).toMatchObject({ party, handed_over: false });
    expect(reduce(state, { type: 'PartyChanged', call: 'a', party }).state).toBe(state);
  });

  it('survives the line going away', () => {
    const { state } = play([
      ...talking(),
      { type: 'LineChanged', line: { state: 'away', retry_at: 9_000 }, at: 9_000 },
    ]);
    expect(state.calls[0]?.phase).toBe('running');
    expect(state.line).toEqual({ state: 'away', retry_at: 9_000 });
  });
});

it('ignores events about calls that are gone', () => {
  for (const event of Object.values(events)) {
    if (event.type === 'Dialled' || event.type === 'Called') continue;
    expect(reduce(initialState, event)).toEqual({ state: initialState, commands: [] });
  }
});
