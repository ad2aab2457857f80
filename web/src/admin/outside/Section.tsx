import type { ReactNode } from 'react';
import classes from './Outside.module.css';

interface SectionProps {
  id: string;
  title: string;
  text?: string;
  action?: ReactNode;
  children: ReactNode;
}

/** One subject of the page under its heading. */
export function Section({ id, title, text, action, children }: SectionProps) {
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.heading}>
        <div className={classes.words}>
          <h2 id={id}>{title}</h2>
          {text !== undefined && <p>{text}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}
