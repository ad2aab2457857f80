import { IconMusic } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Timer } from '../call/Progress.tsx';
import type { Running } from '../phone/calls.ts';
import classes from './Conference.module.css';

/** What one sees while one waits for a conference's host. */
export function Lobby({ call, name }: { call: Running; name: string }) {
  const { t } = useTranslation();
  return (
    <div className={classes.wait} role="status">
      <span className={classes.music} aria-hidden="true">
        <IconMusic size={44} />
      </span>
      <h2>{name}</h2>
      <p className={classes.waitTitle}>{t('conference.waitTitle')}</p>
      <p>{t('conference.waitText')}</p>
      <Timer since={call.answered_at} />
    </div>
  );
}
