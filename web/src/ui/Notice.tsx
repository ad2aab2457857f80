import type { ReactNode } from 'react';
import classes from './Notice.module.css';

interface NoticeProps {
  tone: 'bad' | 'wait' | 'calm';
  icon: ReactNode;
  title?: string;
  children?: ReactNode;
  action?: ReactNode;
  /** `alert` interrupts a screen reader, `status` waits its turn, `note` was said elsewhere. */
  role?: 'alert' | 'status' | 'note';
}

/** One message: what is wrong, what to do, and the button for it. */
export function Notice({ tone, icon, title, children, action, role = 'status' }: NoticeProps) {
  return (
    <div className={classes.notice} data-tone={tone} role={role}>
      <span className={classes.icon} aria-hidden="true">
        {icon}
      </span>
      <div className={classes.words}>
        {title !== undefined && <strong>{title}</strong>} {children}
      </div>
      {action !== undefined && <div className={classes.action}>{action}</div>}
    </div>
  );
}
