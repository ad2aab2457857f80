/** Waits between attempts to reach the server, in milliseconds: fast first, never longer than 15 s. */
const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const;
const LONGEST_MS = 15_000;

/**
 * The wait before attempt number `attempt` (0 is the first retry). `chance` in [0, 1) spreads many phones that lost the
 * same server over half of the wait.
 */
export function waitBefore(attempt: number, chance: number): number {
  const wait = WAITS_MS[attempt] ?? LONGEST_MS;
  return Math.round(wait / 2 + (wait / 2) * chance);
}
