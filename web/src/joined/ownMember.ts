import type { Member } from '../api/types.ts';
import { useOwnDevice } from '../place/useOwnDevice.ts';

/** Oneself in a conference, at the phone that one talks on; `null` where it cannot be told which member that is. */
export function useOwnMember(members: readonly Member[]): Member | null {
  return ownMember(members, useOwnDevice());
}

/** One may be in it twice, with the desk phone and here; `device`: the phone that is meant. */
export function ownMember(members: readonly Member[], device: number | null): Member | null {
  const mine = members.filter(({ is_me }) => is_me);
  const here = mine.filter(({ device_id }) => device !== null && device_id === device);
  // Of a phone that nothing is known of, the only one may be it; a known other phone is not.
  const perhaps = mine.filter(({ device_id }) => device === null || (device_id ?? null) === null);
  const [only] = here.length > 0 ? here : mine.length === 1 ? perhaps : [];
  return only ?? null;
}
