import type { UserState } from '../api/types.ts';
import { searchUsers, useDirectory, useMe } from '../people/directory.ts';
import { looksLikeNumber, parseNumber } from '../phone/number.ts';
import type { Party } from '../phone/calls.ts';

/** People shown for what was typed; whoever is not among them needs one more letter. */
const MATCHES_MAX = 6;

export interface Match {
  key: string;
  party: Party;
  /** `null`: the digits as typed, which may be anybody's. */
  state: UserState | null;
}

/** Whom a text may mean, best first: people, and the digits themselves. */
export function useMatches(text: string): Match[] {
  const { users } = useDirectory();
  const me = useMe();
  const people = searchUsers(
    users.filter((user) => user.id !== me.id),
    text,
    MATCHES_MAX,
  ).map((user): Match => ({
    key: String(user.id),
    party: { number: user.extension ?? '', name: user.name },
    state: user.state,
  }));
  const number = looksLikeNumber(text) ? parseNumber(text) : null;
  if (number === null) return people;
  const typed: Match = { key: 'number', party: { number, name: null }, state: null };
  // Somebody's exact extension means that person; anything else means the digits as typed.
  return people[0]?.party.number === number ? people : [typed, ...people];
}
