/** Answering while something else is going on. */
import type { Phone } from '../phone/phone.ts';
import { foregroundCall, liveCalls, type CallId } from '../phone/state.ts';

/** Answers. Calls that run go on hold by themselves; one that is still being set up cannot, and gives way. */
export function answerCall(phone: Phone, id: CallId): void {
  for (const call of liveCalls(phone.state())) {
    if (call.phase === 'dialling' || call.phase === 'answering') phone.hangUp(call.id);
  }
  phone.answer(id);
}

/** Answers instead of the call in the foreground. */
export function hangUpAndAnswer(phone: Phone, id: CallId): void {
  const call = foregroundCall(phone.state());
  if (call !== null && call.phase !== 'ended') phone.hangUp(call.id);
  answerCall(phone, id);
}
