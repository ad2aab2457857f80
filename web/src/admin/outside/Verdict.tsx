import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './Outside.module.css';

interface VerdictProps {
  tone: 'good' | 'bad' | 'wait';
  icon: Icon;
  title: string;
  children: ReactNode;
}

/** What it comes to, in one sentence, with what belongs to it below. */
export function Verdict({ tone, icon: Picture, title, children }: VerdictProps) {
  return (
    <div className={classes.verdict} data-tone={tone}>
      <span className={classes.verdictIcon} aria-hidden="true">
        <Picture size={22} />
      </span>
      <div>
        <h3>{title}</h3>
        <p>{children}</p>
      </div>
    </div>
  );
}
