import { Button, CopyButton } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconCircleCheck,
  IconCircleX,
  IconFileText,
  IconHelpCircle,
  IconLink,
  IconRefresh,
} from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CheckApi, CheckFinding, CheckVerdict, Severity, Verdict } from '../api/check.ts';
import { localeOf } from '../i18n/i18n.ts';
import { momentWords } from '../ui/moment.ts';
import { Tag } from '../ui/Tag.tsx';
import { useTimeWords } from '../ui/time.ts';
import classes from './Check.module.css';
import { InCall } from './CheckScreen.tsx';
import { Experts } from './Experts.tsx';
import { factsOf, type Figures } from './facts.ts';
import { reportOf } from './report.ts';
import type { CheckState } from './state.ts';

interface ResultProps {
  state: Extract<CheckState, { phase: 'done' }>;
  api: CheckApi;
  isCalling: boolean;
  onAgain: () => void;
}

function useFigures(): Figures {
  const locale = localeOf(useTranslation().i18n.language);
  const words = (value: number, style: 'decimal' | 'percent') =>
    value.toLocaleString(locale, { style, maximumFractionDigits: 1 });
  return {
    time: useTimeWords(),
    percent: (percent) => words(percent / 100, 'percent'),
    megabits: (kbit) => words(kbit / 1_000, 'decimal'),
  };
}

/** One verdict, what to do first, and everything behind it. */
export function Result({ state: { verdict, check, run }, api, isCalling, onAgain }: ResultProps) {
  const { t } = useTranslation();
  const figures = useFigures();
  const facts = factsOf(check, run.about.seen_as, t, figures);
  const link = api.address(verdict.link);
  return (
    <>
      <VerdictCard verdict={verdict}>
        {isCalling && <InCall />}
        <p className={classes.soft}>{t('check.helpDesk')}</p>
        <CopyWords
          value={link}
          icon={<IconLink size={18} aria-hidden="true" />}
          words={t('check.copyLink')}
        />
        <CopyWords
          value={reportOf(verdict, facts, link, t)}
          icon={<IconFileText size={18} aria-hidden="true" />}
          words={t('check.copyText')}
        />
        <Button
          variant="default"
          disabled={isCalling}
          leftSection={<IconRefresh size={18} aria-hidden="true" />}
          onClick={onAgain}
        >
          {t('check.again')}
        </Button>
      </VerdictCard>
      {(verdict.verdict === 'good' || verdict.findings.length > 0) && (
        <Findings findings={verdict.findings} />
      )}
      <section className={classes.card}>
        <details className={classes.details}>
          <summary>{t('check.experts')}</summary>
          <Experts facts={facts} />
        </details>
      </section>
    </>
  );
}

function VerdictCard({ verdict, children }: { verdict: CheckVerdict; children: ReactNode }) {
  const { t, i18n } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever does not see the page hears the verdict, and is where it stands.
  useEffect(() => heading.current?.focus(), []);
  const [worst] = verdict.findings;
  const first = worst?.fix[0];
  return (
    <section className={classes.verdict} data-tone={verdict.verdict} aria-labelledby="check-verdict">
      <span className={classes.icon} aria-hidden="true">
        <VerdictIcon verdict={verdict.verdict} />
      </span>
      <div className={classes.words}>
        <h2 id="check-verdict" ref={heading} tabIndex={-1}>
          {t(`check.verdict.${verdict.verdict}`)}
        </h2>
        <p role="status">{verdict.headline}</p>
        <p className={classes.soft}>
          {t('check.took', { time: momentWords(verdict.at, new Date(), localeOf(i18n.language)) })}
        </p>
      </div>
      {first !== undefined && (
        <p className={classes.first}>
          {/* Of a note nothing need be done. */}
          {worst?.severity !== 'note' && <strong>{t('check.firstStep')} </strong>}
          {first}
        </p>
      )}
      <div className={classes.buttons}>{children}</div>
    </section>
  );
}

function VerdictIcon({ verdict }: { verdict: Verdict }) {
  switch (verdict) {
    case 'good':
      return <IconCircleCheck size={34} />;
    case 'fair':
      return <IconAlertTriangle size={34} />;
    case 'poor':
      return <IconCircleX size={34} />;
    case 'unknown':
      return <IconHelpCircle size={34} />;
  }
}

const TONES: Record<Severity, 'quiet' | 'wait' | 'bad'> = { note: 'quiet', warning: 'wait', problem: 'bad' };

function Findings({ findings }: { findings: readonly CheckFinding[] }) {
  const { t } = useTranslation();
  return (
    <section className={classes.card} aria-labelledby="check-findings">
      <h2 id="check-findings">{t('check.findings')}</h2>
      {findings.length === 0 && <p>{t('check.noFindings')}</p>}
      {findings.map((finding) => (
        <article key={finding.id} className={classes.finding}>
          <Tag tone={TONES[finding.severity]}>{t(`check.severity.${finding.severity}`)}</Tag>
          <h3>{finding.sentence}</h3>
          {finding.possible !== '' && (
            <p>
              <strong>{t('check.possible')}</strong> {finding.possible}
            </p>
          )}
          {finding.fix.length > 0 && (
            <>
              <strong>{t('check.fix')}</strong>
              <ol>
                {finding.fix.map((each) => (
                  <li key={each}>{each}</li>
                ))}
              </ol>
            </>
          )}
          {finding.retest !== '' && (
            <p className={classes.soft}>
              {t('check.retest')} {finding.retest}
            </p>
          )}
          {finding.evidence.length > 0 && (
            <details className={classes.details}>
              <summary>{t('check.evidence')}</summary>
              <ul>
                {finding.evidence.map(({ text }, index) => (
                  <li key={index}>{text}</li>
                ))}
              </ul>
            </details>
          )}
        </article>
      ))}
    </section>
  );
}

function CopyWords({ value, icon, words }: { value: string; icon: ReactNode; words: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          leftSection={copied ? <IconCheck size={18} aria-hidden="true" /> : icon}
          onClick={copy}
        >
          {copied ? t('check.copied') : words}
        </Button>
      )}
    </CopyButton>
  );
}
