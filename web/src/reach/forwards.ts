/** A rule by which calls go elsewhere, as it is being written. */
import type { Callers, Forward, ForwardCase } from '../api/types.ts';

export const CASES: readonly ForwardCase[] = ['always', 'busy', 'no_answer', 'unreachable'];
export const CALLERS: readonly Callers[] = ['anybody', 'inside', 'outside', 'anonymous', 'these'];
/** What the server keeps of one person. */
export const FORWARDS_MAX = 20;
/** How long nobody may answer, in seconds. */
const AFTER_S = { min: 1, max: 300 };
const USUAL_AFTER_S = 20;

export const USUAL_FORWARD: Forward = {
  is_on: true,
  when: 'no_answer',
  after_s: USUAL_AFTER_S,
  from: 'anybody',
  numbers: [],
  during: null,
  to: '',
};

export type Mistake = 'to' | 'after_s' | 'numbers';

/** What can be seen to be wrong without the server. */
export function mistakesOf({ to, when, after_s, from, numbers }: Forward): Mistake[] {
  const found: Mistake[] = [];
  if (to.trim() === '') found.push('to');
  const isInTime = after_s !== null && after_s >= AFTER_S.min && after_s <= AFTER_S.max;
  if (when === 'no_answer' && !isInTime) found.push('after_s');
  if (from === 'these' && numbers.length === 0) found.push('numbers');
  return found;
}

/** In another case; only where nobody answers it takes time. */
export function inCase(forward: Forward, when: ForwardCase): Forward {
  return { ...forward, when, after_s: when === 'no_answer' ? (forward.after_s ?? USUAL_AFTER_S) : null };
}

/** For other callers; numbers are only kept for some of them. */
export function fromCallers(forward: Forward, from: Callers): Forward {
  return { ...forward, from, numbers: from === 'these' ? forward.numbers : [] };
}

/** A number as it was typed, without what only groups digits. */
export function plainNumber(text: string): string {
  return text.replace(/[\s()/.-]/g, '');
}
