import type { Answering, Call, Dialling, Running } from '../phone/calls.ts';
import type { Pair } from './useJoin.ts';

/** The call in the foreground with the one beside it, which waits; `null` while there is no such pair. */
export function pairOf(foreground: Call, calls: readonly Call[]): Pair | null {
  const now = isCurrent(foreground) ? foreground : null;
  const other = calls.findLast(
    (call): call is Running | Answering =>
      (call.phase === 'running' || call.phase === 'answering') && call.id !== foreground.id,
  );
  return now === null || other === undefined ? null : { now, other };
}

function isCurrent(call: Call): call is Running | Dialling | Answering {
  return call.phase === 'running' || call.phase === 'dialling' || call.phase === 'answering';
}
