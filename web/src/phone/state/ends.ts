/** How calls end and what is left of them. */
import {
  isFailure,
  type Answering,
  type Call,
  type CallId,
  type Dialling,
  type Ended,
  type EndReason,
  type PhoneState,
  type Ringing,
  callOf,
} from '../calls.ts';
import type { Command, Step } from './events.ts';

/** How long an ended call stays on the screen, in milliseconds, when it ended as people expect. */
export const FAREWELL_MS = 2_500;
/** The same when there is something to read: why it failed and what to do. */
export const FAILURE_MS = 12_000;

export function cancel(call: Dialling, at: number): Finished {
  const hangUp: Command[] = call.step === 'microphone' ? [] : [{ do: 'HangUp', call: call.id }];
  return end(call, { because: 'cancelled' }, at, hangUp);
}

/** Ends it here alone: a 6xx would silence the person's other phones. */
export function leaveToOthers(call: Ringing | Answering, at: number): Finished {
  return end(call, { because: 'missed' }, at, [{ do: 'Refuse', call: call.id, status: 480 }]);
}

export interface Finished {
  call: Ended;
  commands: readonly Command[];
}

export function end(
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

export function forget(state: PhoneState, id: CallId): Step {
  if (callOf(state, id)?.phase !== 'ended') return { state, commands: [] };
  return { state: { ...state, calls: state.calls.filter((call) => call.id !== id) }, commands: [] };
}
