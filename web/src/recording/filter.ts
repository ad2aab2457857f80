/** Which recordings a search means. */
import type { Recording, RecordedParty } from '../api/types.ts';

export interface Filter {
  /** Begins a word of a name, or is anywhere in a number. */
  text: string;
  /** As `2026-11-23`; empty: all. */
  day: string;
}

/** `nameOf`: as it is shown. */
export function matches(
  { own, other, started_at }: Recording,
  { text, day }: Filter,
  nameOf: (party: RecordedParty) => string,
): boolean {
  if (day !== '' && dayOf(started_at) !== day) return false;
  const words = fold(text)
    .split(/\s+/)
    .filter((word) => word !== '');
  return words.every((word) => [own, other].some((party) => fits(word, party, nameOf(party))));
}

/** Whether older ones may fit as well: what is of an earlier day than the one looked for is followed by no match. */
export function mayFollow(oldest: Recording | undefined, { day }: Filter): boolean {
  return oldest === undefined || day === '' || dayOf(oldest.started_at) >= day;
}

function fits(word: string, { number }: RecordedParty, name: string): boolean {
  const digits = word.replace(/[\s()/-]/g, '');
  if (/^\+?\d+$/.test(digits) && number.includes(digits)) return true;
  return fold(name)
    .split(/[\s.-]+/)
    .some((each) => each.startsWith(word));
}

/** In the reader's own time. */
function dayOf(moment: string): string {
  const at = new Date(moment);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Without case and accents. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
