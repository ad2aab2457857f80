/** Moments as a field for date and time has them: `2026-11-29T10:00`, on the clock of this computer. */

/** Sunday at ten: when most offices are closed. */
export function nextSunday(now: Date): string {
  const day = new Date(
    now.getFullYear(),
    now.getMonth(),
    now.getDate() + ((7 - now.getDay()) % 7 || 7),
    10,
    0,
  );
  const two = (value: number) => String(value).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T10:00`;
}

/** For the server; `null` where it is no moment. */
export function timeOf(moment: string): string | null {
  const time = new Date(moment);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
