/**
 * What the phone knows, as a pure function: `reduce(state, event)` gives the next state and the commands that the
 * adapters must carry out. No clock, no browser, no SIP in here; times come with the events.
 *
 *     Dial ─► dialling ──────────────► running ─────► ended ─► (forgotten)
 *              microphone → sent →      ▲   │
 *              far_ringing → early_media│   └ talking ⇄ holding ⇄ held ⇄ resuming
 *     Incoming ─► ringing ─► answering ─┘
 *
 * Every phase can end. An event that a call's phase has no use for (a late answer for a call that was cancelled) changes
 * nothing: `reduce` returns the very same state.
 *
 * One call at a time has the person: dialling, answering or resuming one puts the others on hold and gives up what still rings
 * at a far end.
 */

import {
  foregroundRank,
  type Answering,
  type Call,
  type CallId,
  type Dialling,
  type EndReason,
  type Ended,
  type Line,
  type Media,
  type MicrophoneProblem,
  type Party,
  type PhoneState,
  type Quality,
  type Ringing,
  type Running,
  callOf,
  givesWay,
  isFailure,
  liveCalls,
  ringingCalls,
} from './calls.ts';

/** Calls that may exist at once, ended ones not counted; a further incoming one is told that we are busy. */
export const CALLS_MAX = 4;
/** How long an ended call stays on the screen, in milliseconds, when it ended as people expect. */
export const FAREWELL_MS = 2_500;
/** The same when there is something to read: why it failed and what to do. */
export const FAILURE_MS = 12_000;
/** A phone without its line goes on ringing for this long, in milliseconds: most lines come right back. */
export const RINGS_ALONE_MS = 1_500;
/** After this long without its line a ringing call is over, in milliseconds. */
export const RINGING_LOST_MS = 10_000;
/** DTMF digits remembered for the display. */
export const TONES_SHOWN_MAX = 32;

/** Something that happened: on the screen, at the microphone, on the line. */
export type PhoneEvent =
  // The person.
  | { type: 'Dialled'; call: CallId; party: Party; at: number }
  | { type: 'AnswerPressed'; call: CallId; at: number }
  | { type: 'RejectPressed'; call: CallId; at: number }
  | { type: 'HangUpPressed'; call: CallId; at: number }
  /** The person signs out or closes the page; whoever calls may still be answered at another phone. */
  | { type: 'PhoneLeft'; call: CallId; at: number }
  | { type: 'HoldPressed'; call: CallId; at: number }
  | { type: 'MutePressed'; call: CallId }
  | { type: 'TonePressed'; call: CallId; tone: string }
  | { type: 'TransferPressed'; call: CallId; to: Party }
  | { type: 'Dismissed'; call: CallId }
  // The microphone.
  | { type: 'MicrophoneOpened'; call: CallId }
  | { type: 'MicrophoneFailed'; call: CallId; problem: MicrophoneProblem; at: number }
  // The far end.
  | { type: 'Called'; call: CallId; party: Party; at: number }
  | { type: 'FarEndRinging'; call: CallId; early_media: boolean }
  | { type: 'Answered'; call: CallId; at: number }
  | { type: 'HoldAgreed'; call: CallId; held: boolean }
  | { type: 'HoldRefused'; call: CallId }
  | { type: 'FarEndHolding'; call: CallId; holding: boolean }
  | { type: 'PartyChanged'; call: CallId; party: Party }
  | { type: 'Journalled'; call: CallId; journal_id: string }
  | { type: 'MediaChanged'; call: CallId; media: Media }
  | { type: 'TransferAgreed'; call: CallId; at: number }
  | { type: 'TransferRefused'; call: CallId; status: number | null }
  | { type: 'Ended'; call: CallId; reason: EndReason; at: number }
  | { type: 'QualityMeasured'; call: CallId; quality: Quality }
  // The line and the clock.
  | { type: 'LineChanged'; line: Line; at: number }
  /** What `WakeLater` asked for. */
  | { type: 'TimePassed'; at: number }
  | { type: 'FarewellOver'; call: CallId };

/** What an adapter must do now. */
export type Command =
  | { do: 'OpenMicrophone'; call: CallId }
  | { do: 'Invite'; call: CallId; number: string }
  | { do: 'Accept'; call: CallId }
  | { do: 'Refuse'; call: CallId; status: 486 | 480 | 603 }
  | { do: 'HangUp'; call: CallId }
  | { do: 'Hold'; call: CallId }
  | { do: 'Resume'; call: CallId }
  | { do: 'SetMuted'; call: CallId; muted: boolean }
  | { do: 'SendTone'; call: CallId; tone: string }
  | { do: 'Transfer'; call: CallId; to: string }
  | { do: 'ReleaseMedia'; call: CallId }
  | { do: 'WakeLater'; delay_ms: number }
  | { do: 'ForgetLater'; call: CallId; delay_ms: number };

export interface Step {
  state: PhoneState;
  commands: readonly Command[];
}

/** The next state, and what must be done for it. */
export function reduce(state: PhoneState, event: PhoneEvent): Step {
  switch (event.type) {
    case 'LineChanged':
      return changeLine(state, event);
    case 'TimePassed':
      return ringOnOrNot(state, event.at);
    case 'Dialled':
      return dial(state, event);
    case 'Called':
      return ring(state, event);
    case 'AnswerPressed':
      return answer(state, event);
    case 'HoldPressed':
      return toggleHold(state, event);
    case 'Answered':
      return begin(state, event);
    case 'HoldRefused':
      return goOn(state, event.call);
    case 'Journalled':
      return note(state, event.call, event.journal_id);
    case 'FarewellOver':
    case 'Dismissed':
      return forget(state, event.call);
    case 'RejectPressed':
    case 'HangUpPressed':
    case 'PhoneLeft':
    case 'MutePressed':
    case 'TonePressed':
    case 'TransferPressed':
    case 'MicrophoneOpened':
    case 'MicrophoneFailed':
    case 'FarEndRinging':
    case 'HoldAgreed':
    case 'FarEndHolding':
    case 'PartyChanged':
    case 'MediaChanged':
    case 'TransferAgreed':
    case 'TransferRefused':
    case 'Ended':
    case 'QualityMeasured': {
      const call = callOf(state, event.call);
      const step = call === undefined ? null : reduceCall(call, event);
      if (step === null) return { state, commands: [] };
      return { state: replace(state, step.call), commands: step.commands };
    }
  }
}

type CallEvent = Exclude<
  PhoneEvent,
  {
    type:
      | 'LineChanged'
      | 'TimePassed'
      | 'Dialled'
      | 'Called'
      | 'AnswerPressed'
      | 'HoldPressed'
      | 'HoldRefused'
      | 'Answered'
      | 'Journalled'
      | 'FarewellOver'
      | 'Dismissed';
  }
>;
type CallStep = { call: Call; commands: readonly Command[] } | null;

function reduceCall(call: Call, event: CallEvent): CallStep {
  switch (call.phase) {
    case 'dialling':
      return reduceDialling(call, event);
    case 'ringing':
      return reduceRinging(call, event);
    case 'answering':
      return reduceAnswering(call, event);
    case 'running':
      return reduceRunning(call, event);
    case 'ended':
      return null;
  }
}

function reduceDialling(call: Dialling, event: CallEvent): CallStep {
  switch (event.type) {
    case 'MicrophoneOpened':
      if (call.step !== 'microphone') return null;
      return {
        call: { ...call, step: 'sent' },
        commands: [{ do: 'Invite', call: call.id, number: call.party.number }],
      };
    case 'MicrophoneFailed':
      return end(call, { because: 'microphone', problem: event.problem }, event.at);
    case 'FarEndRinging':
      if (call.step === 'microphone' || call.step === 'early_media') return null;
      return { call: { ...call, step: event.early_media ? 'early_media' : 'far_ringing' }, commands: [] };
    case 'HangUpPressed':
    case 'PhoneLeft':
    case 'RejectPressed':
      return cancel(call, event.at);
    case 'MediaChanged':
      return { call: { ...call, media: event.media }, commands: [] };
    case 'Ended':
      return end(call, event.reason, event.at);
    case 'MutePressed':
    case 'TonePressed':
    case 'TransferPressed':
    case 'HoldAgreed':
    case 'FarEndHolding':
    case 'PartyChanged':
    case 'TransferAgreed':
    case 'TransferRefused':
    case 'QualityMeasured':
      return null;
  }
}

function reduceRinging(call: Ringing, event: CallEvent): CallStep {
  switch (event.type) {
    case 'RejectPressed':
    case 'HangUpPressed':
      return end(call, { because: 'rejected_by_us' }, event.at, [
        { do: 'Refuse', call: call.id, status: 603 },
      ]);
    case 'PhoneLeft':
      return leaveToOthers(call, event.at);
    case 'Ended':
      return end(call, event.reason, event.at);
    case 'MicrophoneOpened':
    case 'MicrophoneFailed':
    case 'FarEndRinging':
    case 'MutePressed':
    case 'TonePressed':
    case 'TransferPressed':
    case 'HoldAgreed':
    case 'FarEndHolding':
    case 'PartyChanged':
    case 'MediaChanged':
    case 'TransferAgreed':
    case 'TransferRefused':
    case 'QualityMeasured':
      return null;
  }
}

function reduceAnswering(call: Answering, event: CallEvent): CallStep {
  switch (event.type) {
    case 'MicrophoneOpened':
      if (call.step !== 'microphone') return null;
      return { call: { ...call, step: 'sent' }, commands: [{ do: 'Accept', call: call.id }] };
    case 'MicrophoneFailed':
      return end(call, { because: 'microphone', problem: event.problem }, event.at, [
        { do: 'Refuse', call: call.id, status: 480 },
      ]);
    case 'HangUpPressed':
    case 'RejectPressed':
      return end(call, { because: 'rejected_by_us' }, event.at, [
        { do: 'Refuse', call: call.id, status: 603 },
      ]);
    case 'PhoneLeft':
      return leaveToOthers(call, event.at);
    case 'MediaChanged':
      return { call: { ...call, media: event.media }, commands: [] };
    case 'Ended':
      return end(call, event.reason, event.at);
    case 'FarEndRinging':
    case 'MutePressed':
    case 'TonePressed':
    case 'TransferPressed':
    case 'HoldAgreed':
    case 'FarEndHolding':
    case 'PartyChanged':
    case 'TransferAgreed':
    case 'TransferRefused':
    case 'QualityMeasured':
      return null;
  }
}

function reduceRunning(call: Running, event: CallEvent): CallStep {
  switch (event.type) {
    case 'HangUpPressed':
    case 'PhoneLeft':
    case 'RejectPressed':
      return end(call, { because: 'hung_up', by: 'us' }, event.at, [{ do: 'HangUp', call: call.id }]);
    case 'MutePressed': {
      const microphone = call.microphone === 'open' ? 'muted' : 'open';
      return {
        call: { ...call, microphone },
        commands: [{ do: 'SetMuted', call: call.id, muted: microphone === 'muted' }],
      };
    }
    case 'TonePressed': {
      if (!/^[0-9*#A-D]$/.test(event.tone)) return null;
      const tones = (call.tones + event.tone).slice(-TONES_SHOWN_MAX);
      return {
        call: { ...call, tones },
        commands: [{ do: 'SendTone', call: call.id, tone: event.tone }],
      };
    }
    case 'TransferPressed':
      if (call.transfer.state === 'asked') return null;
      return {
        call: { ...call, transfer: { state: 'asked', to: event.to } },
        commands: [{ do: 'Transfer', call: call.id, to: event.to.number }],
      };
    case 'TransferAgreed':
      if (call.transfer.state !== 'asked') return null;
      return end(call, { because: 'transferred', to: call.transfer.to }, event.at, [
        { do: 'HangUp', call: call.id },
      ]);
    case 'TransferRefused':
      if (call.transfer.state !== 'asked') return null;
      return {
        call: { ...call, transfer: { state: 'failed', to: call.transfer.to, status: event.status } },
        commands: [],
      };
    case 'HoldAgreed':
      return { call: { ...call, hold: event.held ? 'held' : 'talking', hold_refused: null }, commands: [] };
    case 'FarEndHolding':
      return { call: { ...call, far_end: event.holding ? 'holding' : 'talking' }, commands: [] };
    case 'PartyChanged':
      if (call.party.number === event.party.number && call.party.name === event.party.name) return null;
      return {
        call: { ...call, party: event.party, handed_over: call.party.number !== event.party.number },
        commands: [],
      };
    case 'MediaChanged':
      return { call: { ...call, media: event.media }, commands: [] };
    case 'QualityMeasured':
      return { call: { ...call, quality: event.quality }, commands: [] };
    case 'Ended': {
      // A far end that took our transfer may hang up before it tells us that the transfer worked.
      const { transfer } = call;
      const transferred = transfer.state === 'asked' && event.reason.because === 'hung_up';
      return end(call, transferred ? { because: 'transferred', to: transfer.to } : event.reason, event.at);
    }
    case 'MicrophoneFailed':
    case 'MicrophoneOpened':
    case 'FarEndRinging':
      return null;
  }
}

function changeLine(state: PhoneState, { line, at }: { line: Line; at: number }): Step {
  const there = line.state === 'ready';
  const lost = !there && ringingCalls(state).some((call) => call.line.is === 'there');
  const calls = state.calls.map((call): Call => {
    if (call.phase !== 'ringing' || there === (call.line.is === 'there')) return call;
    return { ...call, line: there ? { is: 'there' } : { is: 'lost', lost_at: at } };
  });
  const wake = (delay_ms: number): Command => ({ do: 'WakeLater', delay_ms });
  return { state: { line, calls }, commands: lost ? [wake(RINGS_ALONE_MS), wake(RINGING_LOST_MS)] : [] };
}

/** A call that rings without its line falls silent, then ends. */
function ringOnOrNot(state: PhoneState, at: number): Step {
  const commands: Command[] = [];
  const calls = state.calls.map((call): Call => {
    if (call.phase !== 'ringing' || call.line.is === 'there') return call;
    const { lost_at } = call.line;
    if (at - lost_at >= RINGING_LOST_MS) {
      const lost = end(call, { because: 'connection_lost' }, at, [
        { do: 'Refuse', call: call.id, status: 480 },
      ]);
      commands.push(...lost.commands);
      return lost.call;
    }
    if (call.line.is === 'silent' || at - lost_at < RINGS_ALONE_MS) return call;
    return { ...call, line: { is: 'silent', lost_at } };
  });
  const changed = calls.some((call, index) => call !== state.calls[index]);
  return { state: changed ? { ...state, calls } : state, commands };
}

function dial(state: PhoneState, event: { call: CallId; party: Party; at: number }): Step {
  if (liveCalls(state).length >= CALLS_MAX || callOf(state, event.call) !== undefined) {
    return { state, commands: [] };
  }
  const call: Dialling = {
    phase: 'dialling',
    step: 'microphone',
    media: 'connecting',
    id: event.call,
    party: event.party,
    direction: 'outgoing',
    journal_id: null,
    began_at: event.at,
  };
  // Pressed twice.
  if (state.calls.some((each) => each.phase === 'dialling' && each.party.number === event.party.number)) {
    return { state, commands: [] };
  }
  const quiet = turnFromOthers(state, event.call, event.at);
  return {
    state: { ...quiet.state, calls: [...withoutEnded(quiet.state).calls, call] },
    commands: [...quiet.commands, { do: 'OpenMicrophone', call: call.id }],
  };
}

function ring(state: PhoneState, event: { call: CallId; party: Party; at: number }): Step {
  if (callOf(state, event.call) !== undefined) return { state, commands: [] };
  if (liveCalls(state).length >= CALLS_MAX) {
    return { state, commands: [{ do: 'Refuse', call: event.call, status: 486 }] };
  }
  const call: Ringing = {
    phase: 'ringing',
    line: { is: 'there' },
    id: event.call,
    party: event.party,
    direction: 'incoming',
    journal_id: null,
    began_at: event.at,
  };
  return { state: { ...state, calls: [...state.calls, call] }, commands: [] };
}

function answer(state: PhoneState, { call: id, at }: { call: CallId; at: number }): Step {
  const call = callOf(state, id);
  if (call?.phase !== 'ringing') return { state, commands: [] };
  const quiet = turnFromOthers(state, id, at);
  const answering: Answering = {
    phase: 'answering',
    step: 'microphone',
    then: 'talk',
    media: 'connecting',
    id,
    party: call.party,
    direction: call.direction,
    journal_id: call.journal_id,
    began_at: call.began_at,
  };
  return {
    state: replace(withoutEnded(quiet.state), answering),
    commands: [...quiet.commands, { do: 'OpenMicrophone', call: id }],
  };
}

/** Somebody answered, they or we. */
function begin(state: PhoneState, { call: id, at }: { call: CallId; at: number }): Step {
  const call = callOf(state, id);
  if (call?.phase !== 'dialling' && call?.phase !== 'answering') return { state, commands: [] };
  const runs = running(call, at);
  const unwanted = call.phase === 'answering' && call.then === 'hold' && hasAnother(state, id);
  if (unwanted) {
    return { state: replace(state, { ...runs, hold: 'holding' }), commands: [{ do: 'Hold', call: id }] };
  }
  const quiet = holdOthers(state, id);
  return { state: replace(quiet.state, runs), commands: quiet.commands };
}

/** A wish to hold or to resume came to nothing. */
function goOn(state: PhoneState, id: CallId): Step {
  const call = callOf(state, id);
  if (call?.phase !== 'running') return { state, commands: [] };
  switch (call.hold) {
    case 'holding': {
      const next: Running = { ...call, hold: 'talking', hold_refused: 'hold' };
      if (call.microphone === 'muted' || !hasAnother(state, id)) {
        return { state: replace(state, next), commands: [] };
      }
      // Who could not be put on hold must not hear the other call.
      return {
        state: replace(state, { ...next, microphone: 'muted' }),
        commands: [{ do: 'SetMuted', call: id, muted: true }],
      };
    }
    case 'resuming':
      return { state: replace(state, { ...call, hold: 'held', hold_refused: 'resume' }), commands: [] };
    case 'talking':
    case 'held':
      return { state, commands: [] };
  }
}

/** Whether another call has the person, or is about to. */
function hasAnother(state: PhoneState, id: CallId): boolean {
  return state.calls.some((call) => call.id !== id && foregroundRank(call) >= 2);
}

function toggleHold(state: PhoneState, { call: id, at }: { call: CallId; at: number }): Step {
  const call = callOf(state, id);
  if (call?.phase !== 'running') return { state, commands: [] };
  switch (call.hold) {
    case 'talking':
      return {
        state: replace(state, { ...call, hold: 'holding', hold_refused: null }),
        commands: [{ do: 'Hold', call: id }],
      };
    case 'held': {
      const quiet = turnFromOthers(state, id, at);
      return {
        state: replace(quiet.state, { ...call, hold: 'resuming', hold_refused: null }),
        commands: [...quiet.commands, { do: 'Resume', call: id }],
      };
    }
    case 'holding':
    case 'resuming':
      return { state, commands: [] };
  }
}

/** The person turns to one call: others go on hold, and what rings at a far end is given up, as desk phones do. */
function turnFromOthers(state: PhoneState, to: CallId, at: number): Step {
  const quiet = holdOthers(state, to);
  const commands = [...quiet.commands];
  const calls = quiet.state.calls.map((call): Call => {
    if (call.id === to) return call;
    if (givesWay(call)) {
      const given_up = cancel(call, at);
      commands.push(...given_up.commands);
      return given_up.call;
    }
    return call.phase === 'answering' ? { ...call, then: 'hold' } : call;
  });
  return { state: { ...state, calls }, commands };
}

/** One call talks at a time: every other running one goes on hold. */
function holdOthers(state: PhoneState, except: CallId): Step {
  const commands: Command[] = [];
  const calls = state.calls.map((call): Call => {
    if (call.id === except || call.phase !== 'running') return call;
    if (call.hold !== 'talking' && call.hold !== 'resuming') return call;
    commands.push({ do: 'Hold', call: call.id });
    return { ...call, hold: 'holding', hold_refused: null };
  });
  return { state: commands.length === 0 ? state : { ...state, calls }, commands };
}

function note(state: PhoneState, id: CallId, journal_id: string): Step {
  const call = callOf(state, id);
  if (call === undefined || call.phase === 'ended' || call.journal_id === journal_id)
    return { state, commands: [] };
  return { state: replace(state, { ...call, journal_id }), commands: [] };
}

function forget(state: PhoneState, id: CallId): Step {
  if (callOf(state, id)?.phase !== 'ended') return { state, commands: [] };
  return { state: { ...state, calls: state.calls.filter((call) => call.id !== id) }, commands: [] };
}

function running(call: Dialling | Answering, at: number): Running {
  return {
    phase: 'running',
    id: call.id,
    party: call.party,
    direction: call.direction,
    journal_id: call.journal_id,
    answered_at: at,
    microphone: 'open',
    hold: 'talking',
    hold_refused: null,
    far_end: 'talking',
    handed_over: false,
    media: call.media,
    transfer: { state: 'none' },
    tones: '',
    quality: null,
  };
}

function cancel(call: Dialling, at: number): Finished {
  const hangUp: Command[] = call.step === 'microphone' ? [] : [{ do: 'HangUp', call: call.id }];
  return end(call, { because: 'cancelled' }, at, hangUp);
}

/** Ends it here alone: a 6xx would silence the person's other phones. */
function leaveToOthers(call: Ringing | Answering, at: number): Finished {
  return end(call, { because: 'missed' }, at, [{ do: 'Refuse', call: call.id, status: 480 }]);
}

interface Finished {
  call: Ended;
  commands: readonly Command[];
}

function end(
  call: Exclude<Call, Ended>,
  reason: EndReason,
  at: number,
  commands: readonly Command[] = [],
): Finished {
  const ended: Ended = {
    phase: 'ended',
    id: call.id,
    party: call.party,
    direction: call.direction,
    journal_id: call.journal_id,
    reason,
    ended_at: at,
    talked_ms: call.phase === 'running' ? at - call.answered_at : null,
  };
  return {
    call: ended,
    commands: [
      ...commands,
      { do: 'ReleaseMedia', call: call.id },
      { do: 'ForgetLater', call: call.id, delay_ms: isFailure(reason) ? FAILURE_MS : FAREWELL_MS },
    ],
  };
}

function withoutEnded(state: PhoneState): PhoneState {
  return { ...state, calls: state.calls.filter((call) => call.phase !== 'ended') };
}

function replace(state: PhoneState, next: Call): PhoneState {
  return { ...state, calls: state.calls.map((call) => (call.id === next.id ? next : call)) };
}
