/** Numbers as people type and paste them. */

/** Characters that separate digits for the eye only. */
const SEPARATORS = /[\s\-./()–\u00a0]/g;
const DIALLABLE = /^\+?[0-9*#]+$/;
/** Longest number that is dialled (E.164 has 15 digits; feature codes add a few). */
const LENGTH_MAX = 32;

/** The number that a text means, or `null` when it is none: `+49 (89) 1234-0` is `+498912340`, `Ben` is none. */
export function parseNumber(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^(tel|callto|sips?):/i, '')
    .replace(/@.*$/, '')
    .replace(/^(\+\d{1,3}[\s-]*)\(0\)/, '$1')
    .replace(SEPARATORS, '');
  return DIALLABLE.test(bare) && bare.length <= LENGTH_MAX ? bare : null;
}

/** Whether a text looks as if somebody was typing a number. */
export function looksLikeNumber(text: string): boolean {
  return /^[\s+0-9*#./()-]+$/.test(text.trim()) && text.trim() !== '';
}

/** `75_000` is `1:15`; hours appear when there are some. */
export function formatDuration(duration_ms: number): string {
  const seconds = Math.max(0, Math.floor(duration_ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const clock = `${hours > 0 ? two(minutes) : minutes}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${clock}` : clock;
}
