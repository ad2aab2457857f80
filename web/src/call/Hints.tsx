import {
  IconAlertTriangle,
  IconArrowForwardUp,
  IconMicrophone,
  IconMicrophoneOff,
  IconPlayerPause,
  IconPlugConnected,
  IconPlugConnectedX,
  IconTransfer,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useDirectory } from '../people/directory.ts';
import type { Call } from '../phone/calls.ts';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import { useNow } from '../ui/useNow.ts';
import type { MoveCall } from './MoveMenu.tsx';
import { lossOf, SoundLost } from './SoundLost.tsx';

/** Sound that takes longer than this deserves a word, in milliseconds. */
const MEDIA_WAIT_MS = 2_500;

/** What the person should know during the call; at most one message, the most pressing. */
export function Hints({ call, name, move }: { call: Call; name: string; move: MoveCall }) {
  const { t } = useTranslation();
  const { nameOf } = useDirectory();
  const errorWords = useErrorWords();
  const now = useNow(500);
  if ((call.phase === 'dialling' || call.phase === 'answering') && call.step === 'microphone') {
    return (
      <Notice tone="calm" icon={<IconMicrophone size={20} />}>
        {t('call.microphoneAsk')}
      </Notice>
    );
  }
  if (call.phase !== 'running') return null;
  // It says more than that the connection is lost, which another way for the sound may look like for a moment.
  if (lossOf(call) !== null) return <SoundLost call={call} name={name} />;
  if (call.media === 'interrupted') {
    return (
      <Notice tone="wait" role="note" icon={<IconPlugConnectedX size={20} />}>
        {t('call.interrupted')}
      </Notice>
    );
  }
  if (call.media === 'connecting' && now - call.answered_at >= MEDIA_WAIT_MS) {
    return (
      <Notice tone="wait" icon={<IconPlugConnected size={20} />}>
        {t('call.mediaConnecting')}
      </Notice>
    );
  }
  if (move.isMoving) {
    return (
      <Notice tone="calm" icon={<IconTransfer size={20} />}>
        {t('call.moving')}
      </Notice>
    );
  }
  if (move.error !== null) {
    return (
      <Notice tone="bad" role="alert" icon={<IconTransfer size={20} />}>
        {t('call.moveFailed')} {errorWords(move.error)}
      </Notice>
    );
  }
  if (call.transfer.state === 'asked') {
    return (
      <Notice tone="calm" icon={<IconArrowForwardUp size={20} />}>
        {t('call.transferring', { name: nameOf(call.transfer.to) })}
      </Notice>
    );
  }
  if (call.transfer.state === 'failed') {
    return (
      <Notice tone="bad" role="alert" icon={<IconArrowForwardUp size={20} />}>
        {t('call.transferFailed', { name: nameOf(call.transfer.to) })}
      </Notice>
    );
  }
  if (call.hold_refused !== null) {
    return (
      <Notice tone="bad" role="alert" icon={<IconPlayerPause size={20} />}>
        {t(`call.refused.${call.hold_refused}`, { name })}
      </Notice>
    );
  }
  if (call.microphone === 'muted' && call.hold === 'talking') {
    return (
      <Notice tone="wait" icon={<IconMicrophoneOff size={20} />}>
        {t('call.muted')}
      </Notice>
    );
  }
  if (call.hold === 'talking' && call.quality !== null && call.quality.verdict === 'poor') {
    return (
      <Notice tone="wait" icon={<IconAlertTriangle size={20} />}>
        {t(`call.quality.${call.quality.direction}`, { name })} {t('call.quality.fix')}
      </Notice>
    );
  }
  return null;
}
