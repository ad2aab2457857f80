/** A team as it is being written in its form. */
import type { NewTeam, Team, TeamMember } from '../../api/types.ts';
import { USUAL_WINDOW } from '../outside/windows.ts';

/** How long one member may ring, in seconds; the server's limits. */
const TURN_S = { min: 3, max: 120 };
/** How long nobody may answer before the call goes somewhere else, in seconds; the server's limits. */
const OVERFLOW_S = { min: 0, max: 300 };

export interface TeamDraft extends Omit<NewTeam, 'turn_s' | 'overflow' | 'night'> {
  turn_s: string;
  overflow: { after_s: string; number: string } | null;
  night: NewTeam['night'];
}

export type Mistake = 'name' | 'extension' | 'turn_s' | 'overflow_after' | 'overflow_number' | 'night_number';

export function draftOf(team: Team | null): TeamDraft {
  if (team === null) {
    return {
      name: '',
      extension: '',
      has_line: true,
      order: 'all',
      turn_s: '15',
      members: [],
      busy_when: 'all',
      overflow: null,
      night: null,
    };
  }
  const { name, extension, has_line, order, turn_s, members, busy_when, overflow, night } = team;
  return {
    name,
    extension,
    has_line,
    order,
    turn_s: String(turn_s),
    members,
    busy_when,
    night,
    overflow: overflow === null ? null : { after_s: String(overflow.after_s), number: overflow.number },
  };
}

export const USUAL_OVERFLOW = { after_s: '30', number: '' };
export const USUAL_NIGHT = { day: [USUAL_WINDOW], profile_id: null, number: '' };

/** What can be seen to be wrong without the server. */
export function mistakesOf(draft: TeamDraft): Mistake[] {
  const { overflow, night } = draft;
  const isWrong: Record<Mistake, boolean> = {
    name: draft.name.trim() === '',
    extension: !/^\d{1,15}$/.test(draft.extension.trim()),
    turn_s: draft.order !== 'all' && !isWithin(TURN_S, draft.turn_s),
    overflow_after: overflow !== null && !isWithin(OVERFLOW_S, overflow.after_s),
    overflow_number: overflow?.number.trim() === '',
    night_number: night?.number.trim() === '',
  };
  return (Object.keys(isWrong) as Mistake[]).filter((field) => isWrong[field]);
}

export function teamOf(draft: TeamDraft): NewTeam {
  const { turn_s, overflow, night, ...rest } = draft;
  return {
    ...rest,
    // Where all ring at once nobody has a turn; the server keeps what it had.
    ...(rest.order === 'all' ? {} : { turn_s: Number(turn_s) }),
    name: draft.name.trim(),
    extension: draft.extension.trim(),
    overflow:
      overflow === null ? null : { after_s: Number(overflow.after_s), number: overflow.number.trim() },
    night: night === null ? null : { ...night, number: night.number.trim() },
  };
}

export function isMember(a: TeamMember, b: TeamMember): boolean {
  return a.user_id === b.user_id && a.device_id === b.device_id;
}

function isWithin({ min, max }: { min: number; max: number }, text: string): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) >= min && Number(text) <= max;
}
