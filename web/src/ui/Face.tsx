import type { UserState } from '../api/types.ts';
import classes from './Face.module.css';

interface FaceProps {
  name: string;
  size?: 'small' | 'normal' | 'large';
  /** Shown as a mark at the edge; the words belong beside it. */
  state?: UserState;
}

/** A person by initials; a number by its last digits. */
export function Face({ name, size = 'normal', state }: FaceProps) {
  return (
    <span className={classes.face} data-size={size} data-tint={tint(name)} aria-hidden="true">
      {initials(name)}
      {state !== undefined && <span className={classes.mark} data-state={state} />}
    </span>
  );
}

export function initials(name: string): string {
  const words = name.split(/[\s,.]+/).filter((word) => word !== '');
  const first = words[0];
  const last = words.at(-1);
  if (first === undefined || last === undefined) return '?';
  if (/^[+*#\d]/.test(first)) return name.replace(/\s/g, '').slice(-3);
  const letters = (word: string) => Array.from(word);
  const shown = words.length === 1 ? letters(first).slice(0, 2) : [letters(first)[0], letters(last)[0]];
  return shown.join('').toUpperCase();
}

/** One of six tints, always the same for a name. */
function tint(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % 6;
}
