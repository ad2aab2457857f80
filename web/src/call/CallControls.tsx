import { UnstyledButton } from '@mantine/core';
import {
  IconArrowForwardUp,
  IconDialpad,
  IconMicrophone,
  IconMicrophoneOff,
  IconPhoneOff,
  IconPlayerPause,
  IconPlayerPlay,
  IconUserPlus,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePhone } from '../backend.ts';
import type { Call, Ended, Ringing } from '../phone/calls.ts';
import { AudioMenu } from './AudioMenu.tsx';
import { ParkControl } from '../parked/ParkControl.tsx';
import { RecordControl } from '../recording/RecordControl.tsx';
import classes from './CallControls.module.css';
import { MoveMenu, type MoveCall } from './MoveMenu.tsx';
import type { PanelPart } from './panel.ts';

export interface CallControlsProps {
  call: Exclude<Call, Ringing | Ended>;
  part: PanelPart | null;
  move: MoveCall;
  onPart: (part: PanelPart | null) => void;
}

export function CallControls({ call, part, move, onPart }: CallControlsProps) {
  const { t } = useTranslation();
  const phone = usePhone();
  const running = call.phase === 'running' ? call : null;
  const held = running !== null && (running.hold === 'held' || running.hold === 'resuming');
  const muted = running?.microphone === 'muted';
  return (
    <div className={classes.controls}>
      {running !== null && (
        <div className={classes.grid} data-many={running.journal_id !== null}>
          {phone.media !== null && (
            <Control
              label={muted ? t('call.unmute') : t('call.mute')}
              icon={muted ? <IconMicrophoneOff /> : <IconMicrophone />}
              on={muted}
              onClick={() => phone.toggleMute(call.id)}
            />
          )}
          <Control
            label={held ? t('call.resume') : t('call.hold')}
            icon={held ? <IconPlayerPlay /> : <IconPlayerPause />}
            on={held}
            disabled={running.hold === 'holding' || running.hold === 'resuming'}
            onClick={() => phone.toggleHold(call.id)}
          />
          <Control
            label={t('call.keypad')}
            icon={<IconDialpad />}
            on={part === 'keypad'}
            onClick={() => onPart(part === 'keypad' ? null : 'keypad')}
          />
          <Control
            label={t('call.transfer')}
            icon={<IconArrowForwardUp />}
            disabled={running.transfer.state === 'asked'}
            onClick={() => onPart('transfer')}
          />
          {running.journal_id !== null && (
            <>
              <Control
                label={t('conference.invite')}
                icon={<IconUserPlus />}
                onClick={() => onPart('invite')}
              />
              <ParkControl call={running.journal_id} />
              <RecordControl call={running.journal_id} />
            </>
          )}
          {move.targets.length > 0 && <MoveMenu move={move} />}
          {phone.media !== null && <AudioMenu />}
        </div>
      )}
      <UnstyledButton className={classes.hangUp} onClick={() => phone.hangUp(call.id)}>
        <IconPhoneOff size={24} aria-hidden="true" />
        {running === null ? t('call.cancel') : t('call.hangUp')}
      </UnstyledButton>
    </div>
  );
}

interface ControlProps {
  label: string;
  icon: ReactNode;
  on?: boolean | undefined;
  disabled?: boolean;
  onClick: () => void;
}

/** One round button with its word. */
export function Control({ label, icon, on = false, disabled = false, onClick }: ControlProps) {
  return (
    <UnstyledButton className={classes.control} data-on={on} disabled={disabled} onClick={onClick}>
      <span className={classes.icon} aria-hidden="true">
        {icon}
      </span>
      {label}
    </UnstyledButton>
  );
}
