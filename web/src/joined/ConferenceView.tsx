import { IconAlertCircle, IconLock, IconMicrophoneOff, IconUsersGroup } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Conference } from '../api/types.ts';
import { Timer } from '../call/Progress.tsx';
import type { Running } from '../phone/calls.ts';
import { RecordingMark } from '../recording/RecordingMark.tsx';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import { Tag } from '../ui/Tag.tsx';
import classes from './Conference.module.css';
import { LobbyMember, MemberTile } from './MemberTile.tsx';
import { useLevels } from './queries.ts';
import type { Membership } from './useMembership.ts';

interface ConferenceViewProps {
  call: Running;
  conference: Conference;
  membership: Membership;
}

/** Who is in the conference, who waits for it, and who speaks. */
export function ConferenceView({ call, conference, membership }: ConferenceViewProps) {
  const { t } = useTranslation();
  const errorWords = useErrorWords();
  const levels = useLevels(conference.call);
  const { isHost, isMutedByHost, error, act } = membership;
  const lobby = conference.members.filter(({ presence }) => presence === 'waiting');
  const members = conference.members.filter(({ presence }) => presence !== 'waiting');
  const name = conference.room_id === null ? t('conference.title') : (call.party.name ?? call.party.number);
  return (
    <div className={classes.conference}>
      <header className={classes.heading}>
        <span className={classes.sign} aria-hidden="true">
          <IconUsersGroup size={24} />
        </span>
        <div className={classes.title}>
          <h2>{name}</h2>
          <p>
            {t('conference.count', { count: members.length })} · <Timer since={call.answered_at} />
          </p>
        </div>
        {conference.is_locked && (
          <Tag tone="wait">
            <IconLock size={14} aria-hidden="true" /> {t('conference.locked')}
          </Tag>
        )}
      </header>
      <RecordingMark call={conference.call} />
      {isMutedByHost && (
        <Notice tone="wait" icon={<IconMicrophoneOff size={20} />}>
          {t('conference.mutedByHost')}
        </Notice>
      )}
      {error !== null && (
        <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
          {t('conference.failed')} {errorWords(error)}
        </Notice>
      )}
      {lobby.length > 0 && (
        <section className={classes.lobby} aria-label={t('conference.lobby')}>
          <h3>{t('conference.lobby')}</h3>
          <ul>
            {lobby.map((member) => (
              <LobbyMember
                key={member.leg}
                member={member}
                isHost={isHost}
                onAct={(deed) => act(member, deed)}
              />
            ))}
          </ul>
        </section>
      )}
      <ul className={classes.members} aria-label={t('conference.members')}>
        {members.map((member) => (
          <MemberTile
            key={member.leg}
            member={member}
            dbov={levels[member.leg] ?? null}
            isHost={isHost}
            onAct={(deed) => act(member, deed)}
          />
        ))}
      </ul>
    </div>
  );
}
