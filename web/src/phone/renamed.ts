/** Calls that go on under another name at the server: when two calls become one, a phone's side of one belongs to the other. */
import type { LiveCall } from '../api/types.ts';
import type { Call, CallId, Running } from './calls.ts';
import { isTalk } from './remote.ts';

interface Renamed {
  call: CallId;
  journal_id: string;
}

/** `live`: all of the person's calls; `device`: this phone. Where it cannot be told which one is which, nothing is renamed; `null`:
 * it can be told once every call has a name. */
export function renamedCalls(
  calls: readonly Call[],
  live: readonly LiveCall[],
  device: number | null,
): Renamed[] | null {
  if (device === null) return [];
  const names = new Set(live.map(({ call }) => call));
  const lost = calls.filter(
    (call): call is Running =>
      call.phase === 'running' && call.journal_id !== null && !names.has(call.journal_id),
  );
  // A call that has no name yet may be the one that the server tells of.
  if (calls.some(({ phase, journal_id }) => phase !== 'ended' && journal_id === null)) return null;
  const known = new Set(calls.map(({ journal_id }) => journal_id));
  const free = live.filter(
    ({ call, state, device_ids }) => isTalk(state) && device_ids.includes(device) && !known.has(call),
  );
  const [only] = lost;
  const [candidate] = free;
  if (lost.length === 1 && free.length === 1 && only !== undefined && candidate !== undefined) {
    return [{ call: only.id, journal_id: candidate.call }];
  }
  return lost.flatMap(({ id, party }) => {
    const same = free.filter(({ other }) => other.number === party.number);
    const [match] = same;
    return same.length === 1 && match !== undefined ? [{ call: id, journal_id: match.call }] : [];
  });
}
