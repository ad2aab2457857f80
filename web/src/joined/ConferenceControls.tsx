import { UnstyledButton } from '@mantine/core';
import {
  IconDialpad,
  IconHandOff,
  IconHandStop,
  IconLock,
  IconLockOpen,
  IconMicrophone,
  IconMicrophoneOff,
  IconPhoneOff,
  IconPlayerPause,
  IconPlayerPlay,
  IconUserPlus,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Conference } from '../api/types.ts';
import { usePhone } from '../backend.ts';
import { AudioMenu } from '../call/AudioMenu.tsx';
import { Control, type CallControlsProps } from '../call/CallControls.tsx';
import classes from '../call/CallControls.module.css';
import { MoveMenu } from '../call/MoveMenu.tsx';
import type { Running } from '../phone/calls.ts';
import { RecordControl } from '../recording/RecordControl.tsx';
import type { Membership } from './useMembership.ts';

interface ConferenceControlsProps extends CallControlsProps {
  call: Running;
  conference: Conference;
  membership: Membership;
}

/** What one does in a conference. */
export function ConferenceControls(props: ConferenceControlsProps) {
  const { call, conference, membership, part, move, onPart } = props;
  const { t } = useTranslation();
  const phone = usePhone();
  const { isMuted, handIsUp, isHost } = membership;
  const held = call.hold === 'held' || call.hold === 'resuming';
  return (
    <div className={classes.controls}>
      <div className={classes.grid} data-many="true">
        <Control
          label={isMuted ? t('call.unmute') : t('call.mute')}
          icon={isMuted ? <IconMicrophoneOff /> : <IconMicrophone />}
          on={isMuted}
          onClick={membership.toggleMute}
        />
        <Control
          label={handIsUp ? t('conference.lower') : t('conference.raise')}
          icon={handIsUp ? <IconHandOff /> : <IconHandStop />}
          on={handIsUp}
          onClick={membership.toggleHand}
        />
        <Control label={t('conference.invite')} icon={<IconUserPlus />} onClick={() => onPart('invite')} />
        {isHost && (
          <Control
            label={conference.is_locked ? t('conference.unlock') : t('conference.lock')}
            icon={conference.is_locked ? <IconLock /> : <IconLockOpen />}
            on={conference.is_locked}
            onClick={membership.toggleLock}
          />
        )}
        <Control
          label={held ? t('call.resume') : t('call.hold')}
          icon={held ? <IconPlayerPlay /> : <IconPlayerPause />}
          on={held}
          disabled={call.hold === 'holding' || call.hold === 'resuming'}
          onClick={() => phone.toggleHold(call.id)}
        />
        <Control
          label={t('call.keypad')}
          icon={<IconDialpad />}
          on={part === 'keypad'}
          onClick={() => onPart(part === 'keypad' ? null : 'keypad')}
        />
        <RecordControl call={conference.call} />
        {move.targets.length > 0 && <MoveMenu move={move} />}
        {phone.media !== null && <AudioMenu />}
      </div>
      <UnstyledButton className={classes.hangUp} onClick={() => phone.hangUp(call.id)}>
        <IconPhoneOff size={24} aria-hidden="true" />
        {t('conference.leave')}
      </UnstyledButton>
    </div>
  );
}
