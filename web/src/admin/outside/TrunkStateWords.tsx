import { useTranslation } from 'react-i18next';
import type { Trunk, TrunkLine } from '../../api/types.ts';
import { localeOf } from '../../i18n/i18n.ts';
import { momentWords } from '../../ui/moment.ts';
import { useTimeWords } from '../../ui/time.ts';
import { Tag } from '../../ui/Tag.tsx';
import classes from './Outside.module.css';
import { stateOf, troubleOf } from './state.ts';

/** How a trunk is: a badge, and what is wrong with it. */
export function TrunkStateWords({ trunk }: { trunk: Trunk }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const state = stateOf(trunk);
  switch (state.is) {
    case 'off':
      return <Tag tone="quiet">{t('outside.state.off')}</Tag>;
    case 'starting':
      return <Tag tone="wait">{t('outside.state.starting')}</Tag>;
    case 'up':
      return (
        <>
          <Tag tone="good">{upWords()}</Tag>
          {state.round_trip_ms !== null && <RoundTrip time_ms={state.round_trip_ms} />}
        </>
      );
    case 'partly':
      return (
        <>
          <Tag tone="wait">{t('outside.state.partly', { up: state.up, lines: state.lines })}</Tag>
          <Trouble line={state.line} account />
        </>
      );
    case 'down':
      return (
        <>
          <Tag tone="bad">{t('outside.state.down')}</Tag>
          <Trouble line={state.line} account={trunk.lines.length > 1} />
        </>
      );
  }

  function upWords(): string {
    if (state.is !== 'up' || state.since === null) return t('outside.state.up');
    const at = { time: moment(state.since), count: state.lines };
    if (state.lines > 1) return t('outside.state.allSince', at);
    return state.registered ? t('outside.state.registeredSince', at) : t('outside.state.upSince', at);
  }
}

/** How long the provider takes to answer. */
function RoundTrip({ time_ms }: { time_ms: number }) {
  const { t } = useTranslation();
  const time = useTimeWords();
  return (
    <span className={`${classes.roundTrip ?? ''} figures`} title={t('outside.detail.roundTrip')}>
      <span className="hidden-text">{t('outside.detail.roundTrip')} </span>
      {time(time_ms)}
    </span>
  );
}

/** What is wrong with a line, and when it is tried again. */
function Trouble({ line, account }: { line: TrunkLine; account: boolean }) {
  const { t } = useTranslation();
  const moment = useMoment();
  if (line.trouble === null) return null;
  return (
    <div className={classes.trouble}>
      {account && line.account !== null && `${line.account}: `}
      <TroubleWords trouble={line.trouble} />
      {line.retry_at !== null && ` ${t('outside.state.retry', { time: moment(line.retry_at) })}`}
    </div>
  );
}

/** A trouble in the reader's language, or in the server's words where we have none. */
export function TroubleWords({ trouble }: { trouble: NonNullable<TrunkLine['trouble']> }) {
  const { t } = useTranslation();
  const code = troubleOf(trouble.code);
  if (code === null) return <span lang="en">{trouble.text}</span>;
  return <>{t(`outside.trouble.${code}`)}</>;
}

/** Says moments in the reader's way. */
export function useMoment(): (moment: string) => string {
  const { i18n } = useTranslation();
  return (moment) => momentWords(moment, new Date(), localeOf(i18n.language));
}
