import { ActionIcon, Button } from '@mantine/core';
import { IconArrowBackUp, IconMicrophone, IconMicrophoneOff, IconPhoneOff, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { usePhone, usePhoneState } from '../backend.ts';
import { useDirectory } from '../people/directory.ts';
import { foregroundCall, type Ended } from '../phone/calls.ts';
import { RecordingPoint } from '../recording/RecordingMark.tsx';
import { goTo, type Route } from '../shell/route.ts';
import classes from './CallBar.module.css';
import { Timer } from './Progress.tsx';
import { progressWord, useEndWords } from './words.ts';

/** The call while the person looks at something else; `route` is `null` where nothing else shows the call. */
export function CallBar({ route }: { route: Route | null }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const state = usePhoneState();
  const { nameOf } = useDirectory();
  const call = foregroundCall(state);
  if (call === null) return null;
  if (call.phase === 'ended') return <EndedBar call={call} route={route} />;
  const running = call.phase === 'running' ? call : null;
  const muted = running?.microphone === 'muted';
  return (
    <div className={classes.bar} data-route={route}>
      <span className={`${classes.name ?? ''} clip`}>
        <RecordingPoint call={call.journal_id} />
        {nameOf(call.party)}
      </span>
      {call.phase === 'running' ? (
        <Timer since={call.answered_at} />
      ) : (
        <span>{t(`call.${progressWord(call)}`)}</span>
      )}
      <div className={classes.actions}>
        <Button size="xs" variant="white" color="dark" onClick={() => goTo('keypad')}>
          <IconArrowBackUp size={16} aria-hidden="true" />
          <span className={classes.back}>{t('call.back')}</span>
        </Button>
        {running !== null && phone.media !== null && (
          <ActionIcon
            variant="white"
            color="dark"
            size={30}
            aria-label={muted ? t('call.unmute') : t('call.mute')}
            onClick={() => phone.toggleMute(call.id)}
          >
            {muted ? <IconMicrophoneOff size={18} /> : <IconMicrophone size={18} />}
          </ActionIcon>
        )}
        <ActionIcon
          color="signal"
          size={30}
          aria-label={running === null ? t('call.cancel') : t('call.hangUp')}
          onClick={() => phone.hangUp(call.id)}
        >
          <IconPhoneOff size={18} />
        </ActionIcon>
      </div>
    </div>
  );
}

/** How the call ended, for as long as the call's own screen would show it. */
function EndedBar({ call, route }: { call: Ended; route: Route | null }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { nameOf } = useDirectory();
  const { what, fix } = useEndWords()(call, nameOf);
  return (
    <div className={classes.bar} data-route={route}>
      <span>
        <strong className={classes.name}>{what}</strong>
        {fix !== null && <span> · {fix}</span>}
      </span>
      <div className={classes.actions}>
        <ActionIcon
          variant="white"
          color="dark"
          size={30}
          aria-label={t('app.dismiss')}
          onClick={() => phone.dismiss(call.id)}
        >
          <IconX size={18} />
        </ActionIcon>
      </div>
    </div>
  );
}
