/** Below this nobody speaks, in dB below the loudest there is; the meter ends there. */
const QUIET_DBOV = -60;
/** From here on it is speech and not breath. */
const SPEECH_DBOV = -50;

/** How much of a meter is full, 0 to 1; `null`: nothing was heard. */
export function meterOf(dbov: number | null): number {
  if (dbov === null) return 0;
  return Math.min(1, Math.max(0, 1 - dbov / QUIET_DBOV));
}

export function isSpeech(dbov: number | null): boolean {
  return dbov !== null && dbov > SPEECH_DBOV;
}
