/** A menu as it is being written in its form, and what a caller will hear of it. */
import type { Choice, Menu, MenuKey, NewMenu } from '../../api/types.ts';

export const KEYS: readonly MenuKey[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];
const WAITS_S = { min: 1, max: 30 };
const PLAYS = { min: 1, max: 10 };

export interface MenuDraft extends Omit<NewMenu, 'waits_s' | 'plays_max'> {
  waits_s: string;
  plays_max: string;
}

export type Mistake = 'name' | 'extension' | 'waits_s' | 'plays_max' | 'otherwise' | 'then' | 'keys';

export function draftOf(menu: Menu | null): MenuDraft {
  if (menu === null) {
    return {
      name: '',
      extension: '',
      language: null,
      greeting_id: null,
      keys: [],
      takes_extensions: false,
      waits_s: '5',
      plays_max: '3',
      otherwise: { do: 'hang_up' },
      hours: null,
    };
  }
  const { name, extension, language, greeting_id, keys, takes_extensions, otherwise, hours } = menu;
  return {
    name,
    extension,
    language,
    greeting_id,
    keys,
    takes_extensions,
    waits_s: String(menu.waits_s),
    plays_max: String(menu.plays_max),
    otherwise,
    hours,
  };
}

export function menuOf(draft: MenuDraft): NewMenu {
  return {
    ...draft,
    name: draft.name.trim(),
    extension: draft.extension.trim(),
    keys: [...draft.keys].sort((a, b) => KEYS.indexOf(a.key) - KEYS.indexOf(b.key)),
    waits_s: Number(draft.waits_s),
    plays_max: Number(draft.plays_max),
  };
}

/** What can be seen to be wrong without the server. */
export function mistakesOf(draft: MenuDraft): Mistake[] {
  const isWrong: Record<Mistake, boolean> = {
    name: draft.name.trim() === '',
    extension: !/^\d{1,15}$/.test(draft.extension.trim()),
    waits_s: !isWithin(WAITS_S, draft.waits_s),
    plays_max: !isWithin(PLAYS, draft.plays_max),
    otherwise: isUnfinished(draft.otherwise),
    then: draft.hours !== null && isUnfinished(draft.hours.then),
    keys: draft.keys.some(({ choice }) => isUnfinished(choice)),
  };
  return (Object.keys(isWrong) as Mistake[]).filter((field) => isWrong[field]);
}

/** Whether it leads nowhere yet. */
export function isUnfinished(choice: Choice): boolean {
  switch (choice.do) {
    case 'number':
      return choice.number.trim() === '';
    case 'hear':
      return choice.announcement_id === NO_ANNOUNCEMENT;
    case 'again':
    case 'hang_up':
      return false;
  }
}

/** Stands for the one that is still to be chosen. */
export const NO_ANNOUNCEMENT = 0;

/** The keys with this one doing something else; `null`: nothing any more. */
export function withKey(keys: NewMenu['keys'], key: MenuKey, choice: Choice | null): NewMenu['keys'] {
  const others = keys.filter((each) => each.key !== key);
  return choice === null ? others : [...others, { key, choice }];
}

/** Whether callers can do anything but listen. */
export function isAnnouncement({
  keys,
  takes_extensions,
}: Pick<MenuDraft, 'keys' | 'takes_extensions'>): boolean {
  return keys.length === 0 && !takes_extensions;
}

function isWithin({ min, max }: { min: number; max: number }, text: string): boolean {
  return /^\d{1,2}$/.test(text) && Number(text) >= min && Number(text) <= max;
}
