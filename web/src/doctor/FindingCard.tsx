import { IconAlertTriangle, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Copy } from '../admin/Copy.tsx';
import type { Finding, Severity } from '../api/doctor.ts';
import { localeOf } from '../i18n/i18n.ts';
import { momentWords } from '../ui/moment.ts';
import { Tag } from '../ui/Tag.tsx';
import { useNow } from '../ui/useNow.ts';
import { callAddress, callOf, ruleAddress, subjectAddress } from './addresses.ts';
import classes from './Doctor.module.css';
import { useAllCalls } from './queries.ts';
import { spanWords } from './spans.ts';
import { SeverityTag } from './Tags.tsx';
import { ticketOf, type TicketWords } from './ticket.ts';

/** How often "for 2 hours" is looked at again, in milliseconds. */
const SINCE_EVERY_MS = 30_000;

/** One finding: what is wrong, whose doing it is, and below it what to do. Notes are closed until somebody asks. */
export function FindingCard({ finding, isMarked }: { finding: Finding; isMarked: boolean }) {
  const { t } = useTranslation();
  const { id, severity, sentence } = finding;
  return (
    <article
      className={classes.card}
      data-severity={severity}
      data-marked={isMarked}
      aria-labelledby={`sentence-${id}`}
    >
      <span className={classes.cardIcon} aria-hidden="true">
        <SeverityIcon severity={severity} />
      </span>
      <div className={classes.cardHead}>
        <h3 id={`sentence-${id}`}>{sentence}</h3>
        <FindingFacts finding={finding} />
      </div>
      <details className={classes.more} open={severity !== 'note' || isMarked}>
        <summary>{t('doctor.more')}</summary>
        <FindingBody finding={finding} />
      </details>
    </article>
  );
}

/** How bad, whose doing, how sure, about whom, since when. */
export function FindingFacts({ finding }: { finding: Finding }) {
  const { t } = useTranslation();
  const { severity, culprit, culprit_text, confidence, rule } = finding;
  return (
    <ul className={classes.facts}>
      <li>
        <SeverityTag severity={severity} />
      </li>
      <li className={classes.culprit} data-known={culprit !== 'nobody' && culprit !== 'unknown'}>
        <span className="hidden-text">{t('doctor.culprit')}: </span>
        <Tag tone="quiet">{culprit_text}</Tag>
      </li>
      <li>{t(`doctor.confidence.${confidence}`)}</li>
      <li>
        <span className="hidden-text">{t('doctor.subject')}: </span>
        <About finding={finding} />
      </li>
      <li className="figures">
        <When finding={finding} />
      </li>
      <li>
        <a href={ruleAddress(rule)}>{t('doctor.rule', { rule })}</a>
      </li>
    </ul>
  );
}

/** Whom or what it is about, and the way there: of a call, where its story is told. */
function About({ finding }: { finding: Finding }) {
  const { subject, subject_text } = finding;
  const calls = useAllCalls(subject.kind === 'call').data?.pages.flatMap((page) => page.calls) ?? [];
  const call = callOf(calls, finding);
  const where = call === undefined ? subjectAddress(subject) : callAddress(call.id);
  return where === null ? subject_text : <a href={where}>{subject_text}</a>;
}

/** Since when, and for how long. */
function When({ finding: { since, cleared_at } }: { finding: Finding }) {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const now = useNow(SINCE_EVERY_MS);
  const until = cleared_at === null ? now : Date.parse(cleared_at);
  return (
    <time dateTime={since} title={new Date(since).toLocaleString(locale)}>
      {t(cleared_at === null ? 'doctor.since' : 'doctor.was', {
        when: momentWords(since, new Date(now), locale),
        span: spanWords(until - Date.parse(since), locale),
      })}
    </time>
  );
}

/** What to do and how to look whether that has helped; by what it was seen, and what works all the same. */
export function FindingBody({
  finding,
  heading: Heading = 'h4',
}: {
  finding: Finding;
  /** As deep as it lies. */
  heading?: 'h3' | 'h4';
}) {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const now = new Date();
  const { fix, retest, evidence, possible, sentence } = finding;
  return (
    <div className={classes.body}>
      <div className={classes.part}>
        {fix.length > 0 && (
          <section>
            <Heading>{t('doctor.fix')}</Heading>
            <ol className={classes.steps}>
              {fix.map((step, index) => (
                <li key={index}>{step}</li>
              ))}
            </ol>
          </section>
        )}
        {retest !== '' && (
          <section>
            <Heading>{t('doctor.retest')}</Heading>
            <p>{retest}</p>
          </section>
        )}
      </div>
      <div className={classes.part}>
        {possible !== '' && (
          <section>
            <Heading>{t('doctor.possible')}</Heading>
            <p>{possible}</p>
          </section>
        )}
        {evidence.length > 0 && (
          <section>
            <Heading>{t('doctor.evidence')}</Heading>
            <ul className={classes.evidence}>
              {evidence.map(({ text, at }, index) => (
                <li key={index}>
                  {text}
                  {at !== null && (
                    <time className="figures" dateTime={at} title={new Date(at).toLocaleString(locale)}>
                      {momentWords(at, now, locale)}
                    </time>
                  )}
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
      <div className={classes.cardActions}>
        <CopyTicket finding={finding} name={sentence} />
      </div>
    </div>
  );
}

function CopyTicket({ finding, name }: { finding: Finding; name: string }) {
  const { t } = useTranslation();
  const words = useTicketWords();
  return <Copy value={ticketOf(finding, words)} words={t('doctor.copy')} label={name} />;
}

function useTicketWords(): TicketWords {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  return {
    severity: (severity) => t(`doctor.severity.${severity}`),
    confidence: (confidence) => t(`doctor.confidence.${confidence}`),
    culprit: t('doctor.culprit'),
    subject: t('doctor.subject'),
    since: t('doctor.sinceWord'),
    seen: t('doctor.evidence'),
    possible: t('doctor.possible'),
    fix: t('doctor.fix'),
    retest: t('doctor.retest'),
    moment: (at) => new Date(at).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium' }),
  };
}

function SeverityIcon({ severity }: { severity: Severity }) {
  switch (severity) {
    case 'problem':
      return <IconCircleX size={24} />;
    case 'warning':
      return <IconAlertTriangle size={24} />;
    case 'note':
      return <IconInfoCircle size={24} />;
  }
}
