import {
  IconAlertTriangle,
  IconArrowLeft,
  IconCircleCheck,
  IconCircleX,
  IconHelpCircle,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import admin from '../admin/Admin.module.css';
import { ListState } from '../admin/ListState.tsx';
import network from '../admin/network/Network.module.css';
import type { Soundness, Verdict } from '../api/doctor.ts';
import { localeOf } from '../i18n/i18n.ts';
import { addressOf } from './addresses.ts';
import { CheckFacts } from './CheckFacts.tsx';
import classes from './Doctor.module.css';
import { FindingCard } from './FindingCard.tsx';
import { useCheckResult } from './queries.ts';

/** One check: the verdict as the person saw it, then everything that was measured. */
export function CheckResult({ id }: { id: string }) {
  const { t } = useTranslation();
  const query = useCheckResult(Number(id));
  return (
    <>
      <a className={classes.back} href={addressOf('networks')}>
        <IconArrowLeft size={18} aria-hidden="true" />
        {t('doctor.result.back')}
      </a>
      {query.data === undefined ? (
        <div className={admin.card}>
          <ListState query={query} />
        </div>
      ) : (
        <Known verdict={query.data} />
      )}
    </>
  );
}

function Known({ verdict }: { verdict: Verdict }) {
  const { t, i18n } = useTranslation();
  const { headline, at, who, findings, check } = verdict;
  const when = new Date(at).toLocaleString(localeOf(i18n.language), {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  const { name } = who;
  return (
    <>
      <section className={network.finding} data-tone={toneOf(verdict.verdict)}>
        <span className={network.findingIcon} aria-hidden="true">
          <VerdictIcon verdict={verdict.verdict} />
        </span>
        <div className={network.findingWords}>
          <h2>{headline}</h2>
          <p>
            {t(`doctor.result.verdict.${verdict.verdict}`)}{' '}
            {who.extension === null
              ? t('doctor.result.guest', { name, when })
              : t('doctor.result.person', { name, extension: who.extension, when })}
          </p>
        </div>
      </section>
      {findings.length > 0 && (
        <ul className={classes.findings} aria-label={t('doctor.page.findings')}>
          {findings.map((finding) => (
            <li key={finding.id}>
              <FindingCard finding={finding} isMarked={false} />
            </li>
          ))}
        </ul>
      )}
      <CheckFacts check={check} />
    </>
  );
}

function toneOf(verdict: Soundness): 'good' | 'fair' | 'bad' | 'open' {
  switch (verdict) {
    case 'good':
      return 'good';
    case 'fair':
      return 'fair';
    case 'poor':
      return 'bad';
    case 'unknown':
      return 'open';
  }
}

function VerdictIcon({ verdict }: { verdict: Soundness }) {
  switch (verdict) {
    case 'good':
      return <IconCircleCheck size={28} />;
    case 'fair':
      return <IconAlertTriangle size={28} />;
    case 'poor':
      return <IconCircleX size={28} />;
    case 'unknown':
      return <IconHelpCircle size={28} />;
  }
}
