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

/** How long attempts to reach the server have for themselves while a call waits for it, in milliseconds. */
const RACE_MS = [600, 600, 900, 1_300, 2_000] as const;
const RACE_LONGEST_MS = 3_000;
/** Attempts of one race: about as long as the server keeps the call of a phone that is away. */
export const RACE_ATTEMPTS_MAX = 14;

/**
 * When the next attempt starts after attempt number `attempt` (from 0) of a race. The first are short, because a packet that
 * was lost on a dead network is repeated late; later ones give slow networks their time. Browsers count failures and slow
 * pages down that have many, so these get rare.
 */
export function raceWindow(attempt: number): number {
  return RACE_MS[attempt] ?? RACE_LONGEST_MS;
}
