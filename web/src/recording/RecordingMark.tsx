import { IconAlertCircle, IconPlayerRecordFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../phone/number.ts';
import { Notice } from '../ui/Notice.tsx';
import { useNow } from '../ui/useNow.ts';
import classes from './Live.module.css';
import { useLiveRecording, useRecordingBegun } from './live.ts';

/** Tells everybody in a call that it is recorded, or is about to be, or is not any more. `call`: the server's name for it. */
export function RecordingMark({ call }: { call: string | null }) {
  const { t } = useTranslation();
  const { state, is_by_rule, trouble } = useLiveRecording(call);
  switch (state) {
    case 'off':
      return null;
    case 'announcing':
      return (
        <p className={classes.mark} data-state={state} role="status">
          <IconPlayerRecordFilled size={15} aria-hidden="true" />
          {t('recording.announcing')}
        </p>
      );
    case 'on':
      return (
        <p className={classes.mark} data-state={state}>
          <IconPlayerRecordFilled size={15} aria-hidden="true" className={classes.beat} />
          <span role="status">{is_by_rule ? t('recording.onByRule') : t('recording.on')}</span>
          <Since call={call} />
        </p>
      );
    case 'stopped':
      return (
        <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
          {t(`recording.trouble.${trouble ?? 'failed'}`)}
        </Notice>
      );
  }
}

/** A red point beside the name, where there is no room for words. */
export function RecordingPoint({ call }: { call: string | null }) {
  const { t } = useTranslation();
  const { state } = useLiveRecording(call);
  if (state !== 'on' && state !== 'announcing') return null;
  return (
    <span className={classes.point}>
      <IconPlayerRecordFilled size={14} aria-hidden="true" />
      <span className="hidden-text">{t('recording.on')}</span>
    </span>
  );
}

/** How long it has been recorded; nothing when that began before this page was open. */
function Since({ call }: { call: string | null }) {
  const { t } = useTranslation();
  const begun = useRecordingBegun(call);
  const now = useNow(500);
  if (begun === null) return null;
  return (
    <span role="timer" aria-label={t('recording.duration')} className="figures">
      {formatDuration(now - begun)}
    </span>
  );
}
