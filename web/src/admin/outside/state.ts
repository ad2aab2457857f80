/** How a trunk is, put together from its lines. */
import type { Trunk, TrunkLine } from '../../api/types.ts';

export type TrunkState =
  | { is: 'off' }
  | { is: 'starting' }
  /** Calls can go by every line; `registered`: the provider has an account of ours; the longest round trip counts. */
  | { is: 'up'; since: string | null; registered: boolean; lines: number; round_trip_ms: number | null }
  /** Calls can go by some lines; `line` is one that is not up. */
  | { is: 'partly'; up: number; lines: number; line: TrunkLine }
  | { is: 'down'; line: TrunkLine };

/** Troubles with words of their own; others are told in the server's. */
const TROUBLES = [
  'unknown-name',
  'name-server-silent',
  'no-route',
  'connection-refused',
  'silent',
  'connection-lost',
  'tls',
  'wrong-password',
  'refused',
  'unable',
] as const;
export type TroubleCode = (typeof TROUBLES)[number];

export function troubleOf(code: string): TroubleCode | null {
  return TROUBLES.find((each) => each === code) ?? null;
}

export function stateOf({ enabled, lines, accounts }: Trunk): TrunkState {
  if (!enabled) return { is: 'off' };
  const up = lines.filter((line) => line.state === 'up');
  const other = lines.find((line) => line.state === 'waiting') ?? lines.find((line) => line.state !== 'up');
  if (other !== undefined && up.length > 0) {
    return { is: 'partly', up: up.length, lines: lines.length, line: other };
  }
  if (other !== undefined) return other.trouble === null ? { is: 'starting' } : { is: 'down', line: other };
  if (up.length === 0) return { is: 'starting' };
  // All of it is up since its last line came.
  const since = up
    .map((line) => line.since ?? '')
    .sort()
    .at(-1);
  const registered = accounts.length > 0 && accounts.every((account) => account.expires_seconds !== null);
  return {
    is: 'up',
    since: since === undefined || since === '' ? null : since,
    registered,
    lines: up.length,
    round_trip_ms: longest(up),
  };
}

function longest(lines: readonly TrunkLine[]): number | null {
  const times = lines.flatMap(({ round_trip_ms }) => round_trip_ms ?? []);
  return times.length === 0 ? null : Math.max(...times);
}
