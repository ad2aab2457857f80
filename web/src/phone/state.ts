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
import { callOf, type CallId, type PhoneState } from './calls.ts';
import { forget } from './state/ends.ts';
import type { PhoneEvent, Step } from './state/events.ts';
import { changeLine, ringOnOrNot } from './state/line.ts';
import { reduceCall } from './state/phases.ts';
import { replace } from './state/list.ts';
import { answer, begin, dial, goOn, ring, toggleHold } from './state/turns.ts';

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
    case 'QualityMeasured':
    case 'SoundWatched':
    case 'WayMeasured': {
      const call = callOf(state, event.call);
      const step = call === undefined ? null : reduceCall(call, event);
      if (step === null) return { state, commands: [] };
      return { state: replace(state, step.call), commands: step.commands };
    }
  }
}

function note(state: PhoneState, id: CallId, journal_id: string): Step {
  const call = callOf(state, id);
  if (call === undefined || call.phase === 'ended' || call.journal_id === journal_id)
    return { state, commands: [] };
  return { state: replace(state, { ...call, journal_id }), commands: [] };
}
