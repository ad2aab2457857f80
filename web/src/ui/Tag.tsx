import type { ReactNode } from 'react';
import classes from './Tag.module.css';

/** One word on a coloured ground. */
export function Tag({
  tone,
  children,
}: {
  tone: 'good' | 'wait' | 'bad' | 'accent' | 'quiet';
  children: ReactNode;
}) {
  return (
    <span className={classes.tag} data-tone={tone}>
      {children}
    </span>
  );
}
