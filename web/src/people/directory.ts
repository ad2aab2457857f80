/** Who is who: the signed-in person, and everybody's name, number and state. */
import { useQuery } from '@tanstack/react-query';
import { createContext, useContext, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me, User } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import type { Party } from '../phone/calls.ts';

const MeContext = createContext<Me | null>(null);
export const MeProvider = MeContext.Provider;

export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === null) throw new Error('screens behind the sign-in are rendered inside a MeProvider');
  return me;
}

export function useUsers() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['users'], queryFn: () => api.users() });
}

export interface Directory {
  users: readonly User[];
  byNumber: (number: string) => User | undefined;
  /** The name a person should read: ours before the caller's own, a number when there is neither. */
  nameOf: (party: Party) => string;
}

export function useDirectory(): Directory {
  const { t } = useTranslation();
  const { data } = useUsers();
  const { echo_test, music } = useMe().server;
  return useMemo(() => {
    const services = new Map([
      [echo_test, t('people.echo')],
      [music, t('people.music')],
    ]);
    return directoryOf(data ?? [], services, t('conference.title'));
  }, [data, echo_test, music, t]);
}

/** How the server calls a conference that is no room's; it has no number. */
const CONFERENCE = 'Conference';

/** `services`: names of numbers that are nobody's, such as the echo test; `conference`: what one that is no room's is called. */
export function directoryOf(
  users: readonly User[],
  services: ReadonlyMap<string | null, string> = new Map(),
  conference = CONFERENCE,
): Directory {
  const numbers = new Map(users.flatMap((user) => (user.extension ? [[user.extension, user] as const] : [])));
  return {
    users,
    byNumber: (number) => numbers.get(number),
    // Digits stay as they are: how a country groups them is a library's knowledge, and wrong groups read worse than none.
    nameOf: ({ number, name }) => {
      if (number === '' && name === CONFERENCE) return conference;
      return numbers.get(number)?.name ?? services.get(number) ?? name ?? number;
    },
  };
}

/** People that fit what was typed: every word begins a word of the name, or begins the extension. Best fits first. */
export function searchUsers(users: readonly User[], text: string, limit: number): User[] {
  const words = fold(text)
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  const found: { user: User; rank: number }[] = [];
  for (const user of users) {
    const names = fold(`${user.name} ${user.login}`).split(/[\s.-]+/);
    const extension = user.extension ?? '';
    const fits = words.every(
      (word) => extension.startsWith(word) || names.some((name) => name.startsWith(word)),
    );
    if (!fits || extension === '') continue;
    const rank = extension === text.trim() ? 0 : names[0]?.startsWith(words[0] ?? '') === true ? 1 : 2;
    found.push({ user, rank });
  }
  found.sort((a, b) => a.rank - b.rank || a.user.name.localeCompare(b.user.name));
  return found.slice(0, limit).map(({ user }) => user);
}

/** Without case and accents, so that `jurgen` finds Jürgen. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
