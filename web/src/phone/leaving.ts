/** Closing or reloading the page ends its calls: the browser asks before that, and we hang up when it happens. */
import type { BrowserPhone } from './browserPhone.ts';
import { liveCalls, type CallId } from './calls.ts';

/** Returns the function that ends the watch. */
export function watchLeaving(phone: BrowserPhone): () => void {
  const ask = (event: BeforeUnloadEvent) => {
    if (callsWeEnd(phone).length > 0) event.preventDefault();
  };
  const leave = ({ persisted }: PageTransitionEvent) => {
    // A page that is kept may come back, and its calls with it.
    if (!persisted) for (const call of callsWeEnd(phone)) phone.leave(call);
  };
  window.addEventListener('beforeunload', ask);
  window.addEventListener('pagehide', leave);
  return () => {
    window.removeEventListener('beforeunload', ask);
    window.removeEventListener('pagehide', leave);
  };
}

/** A call that only rings here is not ours to end: refusing it would silence the person's other phones. */
function callsWeEnd(phone: BrowserPhone): CallId[] {
  return liveCalls(phone.state())
    .filter((call) => call.phase !== 'ringing')
    .map((call) => call.id);
}
