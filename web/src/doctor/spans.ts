/** How long, and how long ago, in words. */

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** The two largest units: `2 hr, 5 min`; what lasted no second, less than one. */
export function spanWords(span_ms: number, locale: string): string {
  const seconds = Math.max(0, Math.round(span_ms / 1_000));
  const first = UNITS.findIndex(([, length]) => seconds >= length);
  if (first < 0) return unitWords(0, 'second', locale);
  let rest = seconds;
  const words: string[] = [];
  for (const [unit, length] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) words.push(unitWords(count, unit, locale));
  }
  return words.join(' ');
}

/** `3 seconds ago`; a clock that is a little behind says so of now as well. */
export function agoWords(span_ms: number, locale: string): string {
  const seconds = Math.max(0, Math.round(span_ms / 1_000));
  const [unit, length] = UNITS.find(([, each]) => seconds >= each) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(locale).format(-Math.floor(seconds / length), unit);
}

function unitWords(count: number, unit: string, locale: string): string {
  return count.toLocaleString(locale, { style: 'unit', unit, unitDisplay: 'short' });
}
