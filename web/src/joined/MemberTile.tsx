import { ActionIcon, Button, Menu } from '@mantine/core';
import {
  IconDots,
  IconHandOff,
  IconHandStop,
  IconMicrophone,
  IconMicrophoneOff,
  IconUserCheck,
  IconUserX,
} from '@tabler/icons-react';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { Member } from '../api/types.ts';
import { useDirectory } from '../people/directory.ts';
import { Face } from '../ui/Face.tsx';
import classes from './Conference.module.css';
import { isSpeech, meterOf } from './speaking.ts';
import type { Deed } from './useMembership.ts';

interface MemberProps {
  member: Member;
  /** Whether the person who looks leads the conference. */
  isHost: boolean;
  onAct: (deed: Deed) => void;
}

/** Somebody in a conference: whether they speak, are muted, or want to speak. */
export function MemberTile({ member, dbov, isHost, onAct }: MemberProps & { dbov: number | null }) {
  const { t } = useTranslation();
  const { nameOf } = useDirectory();
  const { presence, is_me, is_muted, hand_is_up } = member;
  const speaks = presence === 'present' && !is_muted && isSpeech(dbov);
  const name = nameOf(member.party);
  const level = { '--level': is_muted ? 0 : meterOf(dbov) } as CSSProperties;
  return (
    <li className={classes.member} data-speaks={speaks} data-presence={presence}>
      <Face name={name} />
      <span className={classes.words}>
        <strong className="clip">{is_me ? `${name} (${t('conference.you')})` : name}</strong>
        <span className={classes.detail}>
          {member.is_host && <span>{t('conference.host')}</span>}
          {presence !== 'present' && <span>{t(`conference.presence.${presence}`)}</span>}
          {speaks && <span className={classes.speaks}>{t('conference.speaks')}</span>}
          {is_muted && (
            <span className={classes.mark}>
              <IconMicrophoneOff size={14} aria-hidden="true" /> {t('conference.muted')}
            </span>
          )}
          {hand_is_up && (
            <span className={classes.mark} data-hand="true">
              <IconHandStop size={14} aria-hidden="true" /> {t('conference.hand')}
            </span>
          )}
        </span>
      </span>
      <span className={classes.level} style={level} aria-hidden="true" />
      {isHost && !is_me && <MemberMenu name={name} member={member} onAct={onAct} />}
    </li>
  );
}

function MemberMenu({ name, member, onAct }: Omit<MemberProps, 'isHost'> & { name: string }) {
  const { t } = useTranslation();
  const isThere = member.presence === 'present' || member.presence === 'away';
  return (
    <Menu position="bottom-end" width={200} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={34} aria-label={t('conference.more', { name })}>
          <IconDots size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {isThere && (
          <Menu.Item
            leftSection={member.is_muted ? <IconMicrophone size={18} /> : <IconMicrophoneOff size={18} />}
            onClick={() => onAct(member.is_muted ? 'unmute' : 'mute')}
          >
            {member.is_muted ? t('conference.unmuteOther') : t('conference.muteOther')}
          </Menu.Item>
        )}
        {member.hand_is_up && (
          <Menu.Item leftSection={<IconHandOff size={18} />} onClick={() => onAct('lower')}>
            {t('conference.lowerOther')}
          </Menu.Item>
        )}
        <Menu.Item color="signal" leftSection={<IconUserX size={18} />} onClick={() => onAct('remove')}>
          {t('conference.remove')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Somebody who waits to be let in. */
export function LobbyMember({ member, isHost, onAct }: MemberProps) {
  const { t } = useTranslation();
  const { nameOf } = useDirectory();
  const name = nameOf(member.party);
  return (
    <li className={classes.waiting}>
      <Face name={name} size="small" />
      <strong className="clip">{name}</strong>
      {isHost && (
        <>
          <Button
            size="xs"
            leftSection={<IconUserCheck size={17} aria-hidden="true" />}
            aria-label={t('conference.admitName', { name })}
            onClick={() => onAct('admit')}
          >
            {t('conference.admit')}
          </Button>
          <MemberMenu name={name} member={member} onAct={onAct} />
        </>
      )}
    </li>
  );
}
