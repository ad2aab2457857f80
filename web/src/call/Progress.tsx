import { useTranslation } from 'react-i18next';
import type { Call, Ended, Ringing } from '../phone/calls.ts';
import { formatDuration } from '../phone/number.ts';
import { useNow } from '../ui/useNow.ts';
import classes from './CallPanel.module.css';
import { progressWord } from './words.ts';

/** One line: what happens now, or how long it has lasted. */
export function Progress({ call, name }: { call: Exclude<Call, Ringing | Ended>; name: string }) {
  const { t } = useTranslation();
  if (call.phase !== 'running') return <p className={classes.progress}>{t(`call.${progressWord(call)}`)}</p>;
  const held = {
    talking: call.far_end === 'holding' ? t('call.farHolding', { name }) : null,
    holding: t('call.holding'),
    held: t('call.onHold'),
    resuming: t('call.resuming'),
  }[call.hold];
  return (
    <p className={classes.progress} data-held={held !== null}>
      {held !== null && <span>{held}</span>}
      <Timer since={call.answered_at} />
    </p>
  );
}

export function Timer({ since }: { since: number }) {
  const { t } = useTranslation();
  const now = useNow(250);
  return (
    <span role="timer" aria-label={t('call.duration')} className={`${classes.timer ?? ''} figures`}>
      {formatDuration(now - since)}
    </span>
  );
}
