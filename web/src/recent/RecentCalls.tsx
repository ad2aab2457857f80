import { Button, Skeleton } from '@mantine/core';
import {
  IconListDetails,
  IconPhoneCall,
  IconPhoneIncoming,
  IconPhoneOutgoing,
  IconPhoneX,
  IconPlugConnectedX,
} from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { JournalCall } from '../api/types.ts';
import { useBackend, useLine, usePhone } from '../backend.ts';
import { callAddress } from '../doctor/addresses.ts';
import { useDirectory, type Directory } from '../people/directory.ts';
import { ListenButton } from '../recording/ListenButton.tsx';
import { formatDuration } from '../phone/number.ts';
import { Empty } from '../ui/Empty.tsx';
import { useErrorWords } from '../ui/errors.ts';
import { Tag } from '../ui/Tag.tsx';
import listClasses from '../ui/List.module.css';
import classes from './RecentCalls.module.css';
import { localeOf } from '../i18n/i18n.ts';
import { useCalls } from './calls.ts';
import { dayOf, timeOf, useGroups } from './days.ts';
import { useSeeingMissed } from './missed.ts';

/** One's own past calls. A click calls back. */
export const RecentCalls = memo(function RecentCalls() {
  const { t } = useTranslation();
  const errorWords = useErrorWords();
  const { data, error, isPending, refetch, isFetching, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useCalls();
  useSeeingMissed();
  const calls = data?.pages.flatMap((page) => page.calls) ?? [];
  return (
    <section className={listClasses.section} aria-labelledby="recent">
      <h2 id="recent">{t('recent.title')}</h2>
      {isPending && <RecentLoading />}
      {error !== null && data === undefined && (
        <Empty
          icon={<IconPlugConnectedX />}
          title={t('recent.failed')}
          text={errorWords(error)}
          action={
            <Button variant="default" loading={isFetching} onClick={() => void refetch()}>
              {t('app.retry')}
            </Button>
          }
        />
      )}
      {data !== undefined && calls.length === 0 && (
        <Empty icon={<IconPhoneCall />} title={t('recent.empty')} text={t('recent.emptyText')} />
      )}
      {calls.length > 0 && (
        <div className={listClasses.scroll}>
          <Days calls={calls} />
          {hasNextPage && (
            <Button
              className={classes.more}
              variant="subtle"
              loading={isFetchingNextPage}
              onClick={() => void fetchNextPage()}
            >
              {t('recent.more')}
            </Button>
          )}
        </div>
      )}
    </section>
  );
});

function Days({ calls }: { calls: readonly JournalCall[] }) {
  const { t, i18n } = useTranslation();
  const groups = useGroups(calls);
  const directory = useDirectory();
  return groups.map(([day, group]) => (
    <div key={day}>
      <h3 className={listClasses.group}>
        {dayOf(day, localeOf(i18n.language), { today: t('recent.today'), yesterday: t('recent.yesterday') })}
      </h3>
      <ul className={listClasses.list}>
        {group.map((call) => (
          <CallRow key={call.id} call={call} directory={directory} />
        ))}
      </ul>
    </div>
  ));
}

const CallRow = memo(function CallRow({ call, directory }: { call: JournalCall; directory: Directory }) {
  const { t, i18n } = useTranslation();
  const phone = usePhone();
  const line = useLine();
  const { nameOf, byNumber } = directory;
  const party = { number: call.peer.number, name: call.peer.name };
  const name = nameOf(party);
  const incoming = call.direction === 'incoming';
  const missed = incoming && call.outcome === 'missed';
  const Icon = missed ? IconPhoneX : incoming ? IconPhoneIncoming : IconPhoneOutgoing;
  const known = byNumber(party.number) !== undefined || name === party.number;
  return (
    <li className={classes.item}>
      <button
        type="button"
        className={listClasses.row}
        aria-disabled={line.state !== 'ready'}
        onClick={() => line.state === 'ready' && phone.dial(party)}
      >
        <span className={classes.icon} data-missed={missed} aria-hidden="true">
          <Icon size={20} />
        </span>
        <span className={listClasses.words}>
          <span className={`${listClasses.name ?? ''} clip`} data-missed={missed}>
            <span className="hidden-text">{t('recent.callBack')} </span>
            <span>{name}</span>
          </span>
          {call.emergency && <Emergency location={call.location} />}
          <span
            className={`${listClasses.detail ?? ''} figures clip`}
            data-tone={missed ? 'missed' : undefined}
          >
            <span className="hidden-text">
              {t(incoming ? 'recent.direction.incoming' : 'recent.direction.outgoing')},{' '}
            </span>
            {outcomeWords(call, t)}
            {!known && ` · ${party.number}`}
            <Verdict call={call} />
          </span>
        </span>
        <time className={`${listClasses.end ?? ''} figures`} dateTime={call.started_at}>
          {timeOf(call.started_at, localeOf(i18n.language))}
        </time>
      </button>
      {call.recording_id !== null && <Listen call={call} recording={call.recording_id} name={name} />}
      {call.answered_at !== null && (
        <a className={classes.details} href={callAddress(call.id)}>
          <IconListDetails size={19} aria-hidden="true" />
          <span className="hidden-text">{t('doctor.call.details', { name })}</span>
        </a>
      )}
    </li>
  );
});

/** What was recorded of it. */
function Listen({ call, recording, name }: { call: JournalCall; recording: string; name: string }) {
  const { api } = useBackend();
  const { id, started_at, answered_at, duration_seconds } = call;
  const heard = {
    id: recording,
    call_id: id,
    // It may have been made for the other side.
    own: null,
    other: null,
    started_at: answered_at ?? started_at,
    duration_ms: 1_000 * (duration_seconds ?? 0),
  };
  return <ListenButton track={{ url: api.recordingAudio(recording), heard }} name={name} />;
}

function outcomeWords(call: JournalCall, t: TFunction): string {
  if (call.outcome === 'answered' && typeof call.duration_seconds === 'number') {
    return formatDuration(1000 * call.duration_seconds);
  }
  if (call.direction === 'incoming' && call.outcome === 'refused') return t('recent.refusedByUs');
  return t(`recent.outcome.${call.outcome}`);
}

/** That it was a call for help, and where the caller was then: all of it, however long. */
function Emergency({ location }: { location: string | null }) {
  const { t } = useTranslation();
  return (
    <span className={listClasses.detail}>
      <Tag tone="bad">{t('recent.emergency')}</Tag>{' '}
      {location === null ? t('emergency.noLocation') : t('emergency.location', { location })}
    </span>
  );
}

/** How it sounded; only what went less than well catches the eye, the figure is for whoever asks. */
function Verdict({ call }: { call: JournalCall }) {
  const { t, i18n } = useTranslation();
  const { quality } = call;
  if (!quality || quality.verdict === 'unknown') return null;
  const words = t(`recent.quality.${quality.verdict}`);
  const title =
    typeof quality.mos === 'number'
      ? t('recent.mos', { verdict: words, mos: figure(quality.mos, localeOf(i18n.language)) })
      : words;
  return (
    <>
      {' · '}
      <span className={classes.verdict} data-verdict={quality.verdict} title={title}>
        {words}
      </span>
    </>
  );
}

function figure(value: number, language: string): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language, digits).format(value);
}

function RecentLoading() {
  return (
    <div className={listClasses.list} aria-hidden="true">
      {[52, 66, 44, 58, 62].map((width) => (
        <div key={width} className={listClasses.row}>
          <Skeleton circle height={36} />
          <div className={listClasses.words}>
            <Skeleton height={13} width={`${width}%`} />
            <Skeleton height={11} width="34%" mt={7} />
          </div>
        </div>
      ))}
    </div>
  );
}
