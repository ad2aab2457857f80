/** Teams as their members see them. */
import type { Device, LineCall, Team, User, UserState } from '../api/types.ts';

/** Teams that somebody is in, by themselves or by a phone of theirs. */
export function teamsOf(teams: readonly Team[], user: number, devices: readonly Device[]): Team[] {
  const own = new Set(devices.flatMap((device) => (device.user_id === user ? [device.id] : [])));
  return teams
    .filter(({ members }) =>
      members.some(
        ({ user_id, device_id }) => user_id === user || (device_id !== null && own.has(device_id)),
      ),
    )
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** A member and how they are. */
export interface Colleague {
  key: string;
  name: string;
  state: UserState;
  rings: boolean;
}

export function colleaguesOf(team: Team, users: readonly User[], devices: readonly Device[]): Colleague[] {
  return team.members.flatMap(({ user_id, device_id, rings }): Colleague[] => {
    const user = users.find(({ id }) => id === user_id);
    if (user !== undefined) return [{ key: `user-${user.id}`, name: user.name, state: user.state, rings }];
    const device = devices.find(({ id }) => id === device_id);
    if (device === undefined) return [];
    const state = !device.registered ? 'offline' : device.in_use ? 'on_a_call' : 'available';
    return [{ key: `device-${device.id}`, name: device.label, state, rings }];
  });
}

/** What a call on a line is doing, for whoever looks at it. */
export type LineWord = 'rings' | 'talks' | 'holds';

export function lineWord({ state }: LineCall): LineWord {
  switch (state) {
    case 'lifting':
    case 'dialling':
    case 'ringing':
      return 'rings';
    case 'talking':
    case 'held':
    case 'moving':
    case 'conferring':
    case 'waiting':
      return 'talks';
    case 'holding':
      return 'holds';
  }
}

/** Calls of a line: who waits for somebody first. */
export function sortedLine(calls: readonly LineCall[]): LineCall[] {
  const rank: Record<LineWord, number> = { holds: 0, rings: 1, talks: 2 };
  return [...calls].sort(
    (a, b) => rank[lineWord(a)] - rank[lineWord(b)] || a.begun_at.localeCompare(b.begun_at),
  );
}
