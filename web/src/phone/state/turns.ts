/** Calls that come and go beside each other: one at a time has the person. */
import {
  callOf,
  foregroundRank,
  givesWay,
  liveCalls,
  NOTHING_LOST,
  type Answering,
  type Call,
  type CallId,
  type Dialling,
  type Party,
  type PhoneState,
  type Ringing,
  type Running,
} from '../calls.ts';
import { cancel } from './ends.ts';
import type { Command, Step } from './events.ts';
import { replace, withoutEnded } from './list.ts';

/** Calls that may exist at once, ended ones not counted; a further incoming one is told that we are busy. */
export const CALLS_MAX = 4;

export function dial(state: PhoneState, event: { call: CallId; party: Party; at: number }): Step {
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

export function ring(state: PhoneState, event: { call: CallId; party: Party; at: number }): Step {
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

export function answer(state: PhoneState, { call: id, at }: { call: CallId; at: number }): Step {
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
export function begin(state: PhoneState, { call: id, at }: { call: CallId; at: number }): Step {
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
export function goOn(state: PhoneState, id: CallId): Step {
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

export function toggleHold(state: PhoneState, { call: id, at }: { call: CallId; at: number }): Step {
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
    lost: NOTHING_LOST,
    way: null,
  };
}
