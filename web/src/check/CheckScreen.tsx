import { Button, Loader } from '@mantine/core';
import {
  IconAlertCircle,
  IconArrowsExchange,
  IconClock,
  IconLinkOff,
  IconMicrophone,
  IconPhone,
  IconPlayerPlay,
  IconPlugConnectedX,
  IconPlayerSkipForward,
  IconVolume,
} from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CheckAbout } from '../api/check.ts';
import { localeOf } from '../i18n/i18n.ts';
import { Empty } from '../ui/Empty.tsx';
import { momentWords } from '../ui/moment.ts';
import { Notice } from '../ui/Notice.tsx';
import classes from './Check.module.css';
import type { CheckRun } from './checkRun.ts';
import { Questions } from './Questions.tsx';
import { Result } from './Result.tsx';
import type { CheckState, Refusal } from './state.ts';
import { Steps } from './Steps.tsx';
import { useCheck, type CheckBackend } from './useCheck.ts';

interface CheckScreenProps {
  check: CheckBackend;
  /** A call is running, which the check would disturb. */
  isCalling?: boolean;
  /** For guests: the link is no longer good. */
  onExpired?: () => void;
}

/** One page, one minute, one verdict. */
export function CheckScreen({ check, isCalling = false, onExpired }: CheckScreenProps) {
  const { t } = useTranslation();
  const { run, state } = useCheck(check);
  const [otherTab, setOtherTab] = useState(false);
  const expired = state.phase === 'refused' && state.why === 'expired';
  useEffect(() => {
    if (expired) onExpired?.();
  }, [expired, onExpired]);
  const start = async () => setOtherTab(!(await run.start()));
  const begin = () => void start();
  return (
    <div className={classes.page}>
      <h1>{t('check.title')}</h1>
      <Phase
        check={check}
        run={run}
        state={state}
        isGuest={onExpired !== undefined}
        isCalling={isCalling}
        onStart={begin}
      />
      {otherTab && (
        <Notice tone="wait" role="alert" icon={<IconAlertCircle size={20} />}>
          {t('check.otherTab')}
        </Notice>
      )}
    </div>
  );
}

interface PhaseProps {
  check: CheckBackend;
  run: CheckRun;
  state: CheckState;
  isGuest: boolean;
  isCalling: boolean;
  onStart: () => void;
}

function Phase({ check, run, state, isGuest, isCalling, onStart }: PhaseProps) {
  const { t } = useTranslation();
  // Who is signed in has no link that could be over.
  const told = (why: Refusal): Refusal => (why === 'expired' && !isGuest ? 'failed' : why);
  switch (state.phase) {
    case 'loading':
      return <Loader role="status" className={classes.loader} type="dots" aria-label={t('app.loading')} />;
    case 'refused':
      return <Refused why={told(state.why)} onRetry={() => run.load()} />;
    case 'ready':
      return <Ready about={state.about} check={check} isCalling={isCalling} onStart={onStart} />;
    case 'running':
      return (
        <div className={classes.running}>
          <Steps run={state.run} clock={check.instruments.clock} />
          <Questions run={state.run} check={check} dispatch={(event) => run.dispatch(event)} />
        </div>
      );
    case 'sending':
      return (
        <div className={classes.card} role="status">
          <Loader type="dots" aria-hidden="true" />
          <p>{t('check.judging')}</p>
        </div>
      );
    case 'unsent':
      return (
        <Notice
          tone="bad"
          role="alert"
          icon={<IconPlugConnectedX size={20} />}
          title={`${t('check.unsent.title')}.`}
          action={
            <Button onClick={() => run.dispatch({ type: 'SendWanted', at: check.instruments.clock.now() })}>
              {t('check.unsent.retry')}
            </Button>
          }
        >
          {told(state.why) === 'expired' ? t('check.refused.expiredText') : t('check.unsent.text')}
        </Notice>
      );
    case 'done':
      return <Result state={state} api={check.api} isCalling={isCalling} onAgain={onStart} />;
  }
}

function Ready({
  about,
  check,
  isCalling,
  onStart,
}: {
  about: CheckAbout;
  check: CheckBackend;
  isCalling: boolean;
  onStart: () => void;
}) {
  const { t, i18n } = useTranslation();
  const { browser } = check.instruments.abilities();
  const { expires_at } = about;
  return (
    <>
      <p className={classes.lead}>{about.is_guest ? t('check.guestLead') : t('check.lead')}</p>
      {browser.is_insecure && (
        <Notice tone="wait" icon={<IconAlertCircle size={20} />}>
          {t('check.insecure')}
        </Notice>
      )}
      {browser.missing.length > 0 && (
        <Notice tone="bad" icon={<IconAlertCircle size={20} />}>
          {t('check.tooOld', { missing: browser.missing.join(', ') })}
        </Notice>
      )}
      <section className={classes.card} aria-labelledby="check-plan">
        <h2 id="check-plan">
          {about.is_guest && about.label !== ''
            ? t('check.guestFor', { label: about.label })
            : t('check.plan.title')}
        </h2>
        <ul className={classes.plan}>
          <li>
            <IconArrowsExchange size={20} aria-hidden="true" />
            {t('check.plan.line')}
          </li>
          <li>
            <IconMicrophone size={20} aria-hidden="true" />
            {t('check.plan.microphone')}
          </li>
          <li>
            <IconVolume size={20} aria-hidden="true" />
            {t('check.plan.speaker')}
          </li>
          <li>
            <IconPlayerSkipForward size={20} aria-hidden="true" />
            {t('check.plan.skip')}
          </li>
        </ul>
        {isCalling && <InCall />}
        <div className={classes.start}>
          <Button
            size="lg"
            leftSection={<IconPlayerPlay size={20} aria-hidden="true" />}
            disabled={isCalling}
            onClick={onStart}
          >
            {t('check.start')}
          </Button>
          <span className={classes.soft}>{t('check.headsetFirst')}</span>
        </div>
        {expires_at !== null && (
          <p className={classes.soft}>
            {t('check.until', { time: momentWords(expires_at, new Date(), localeOf(i18n.language)) })}
          </p>
        )}
      </section>
    </>
  );
}

export function InCall() {
  const { t } = useTranslation();
  return (
    <Notice tone="wait" icon={<IconPhone size={20} />}>
      {t('check.inCall')}
    </Notice>
  );
}

function Refused({ why, onRetry }: { why: Refusal; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <div role="alert">
      <Empty
        icon={<RefusalIcon why={why} />}
        title={t(`check.refused.${why}`)}
        text={t(`check.refused.${why}Text`)}
        action={why !== 'expired' && <Button onClick={onRetry}>{t('app.retry')}</Button>}
      />
    </div>
  );
}

function RefusalIcon({ why }: { why: Refusal }) {
  switch (why) {
    case 'expired':
      return <IconLinkOff />;
    case 'away':
      return <IconPlugConnectedX />;
    case 'busy':
      return <IconClock />;
    case 'failed':
      return <IconAlertCircle />;
  }
}
