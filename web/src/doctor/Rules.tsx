import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import admin from '../admin/Admin.module.css';
import { ListState } from '../admin/ListState.tsx';
import type { Finding, Rule } from '../api/doctor.ts';
import { findingAddress, ruleAddress } from './addresses.ts';
import classes from './Doctor.module.css';
import { useFindings, useRules } from './queries.ts';
import { toneOf } from './severity.ts';
import { SeverityTag } from './Tags.tsx';

/** Every rule of home working: what it asks for, and what farend does about it. `marked`: the one that a link leads to. */
export function Rules({ marked }: { marked: string }) {
  const { t } = useTranslation();
  const query = useRules();
  const findings = useFindings(true).data?.findings ?? [];
  const isThere = query.data?.some(({ id }) => id === marked) === true;
  useEffect(() => {
    if (isThere) document.getElementById(`rule-${marked}`)?.scrollIntoView({ block: 'start' });
  }, [isThere, marked]);
  if (query.data === undefined) {
    return (
      <div className={admin.card}>
        <ListState query={query} />
      </div>
    );
  }
  const broken = (rule: Rule) => findings.filter((finding) => finding.rule === rule.id);
  return (
    <>
      <p className={classes.lead}>{t('doctor.rules.text')}</p>
      <nav aria-label={t('doctor.rules.all')}>
        <ul className={classes.chips}>
          {query.data.map((rule) => (
            <li key={rule.id}>
              <RuleChip rule={rule} findings={broken(rule)} />
            </li>
          ))}
        </ul>
      </nav>
      <ul className={classes.rules}>
        {query.data.map((rule) => (
          <li key={rule.id}>
            <RuleCard rule={rule} findings={broken(rule)} isMarked={rule.id === marked} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** A rule's id, in the colour of the worst that breaks it. */
function RuleChip({ rule: { id, title }, findings }: { rule: Rule; findings: readonly Finding[] }) {
  const { t } = useTranslation();
  const [worst] = findings;
  return (
    <a
      className={classes.chip}
      data-tone={worst === undefined ? undefined : toneOf(worst.severity)}
      href={ruleAddress(id)}
      title={title}
    >
      {id}
      {worst !== undefined && <span className="hidden-text"> ({t('doctor.rules.broken')})</span>}
    </a>
  );
}

interface RuleCardProps {
  rule: Rule;
  findings: readonly Finding[];
  isMarked: boolean;
}

function RuleCard({ rule: { id, title, text, farend }, findings, isMarked }: RuleCardProps) {
  const { t } = useTranslation();
  return (
    <article
      id={`rule-${id}`}
      className={classes.ruleCard}
      data-marked={isMarked}
      aria-labelledby={`rule-title-${id}`}
    >
      <h2 id={`rule-title-${id}`}>
        <a href={ruleAddress(id)} className={classes.ruleId}>
          {id}
        </a>{' '}
        {title}
      </h2>
      <p>{text}</p>
      <p className={classes.farend}>
        <strong>{t('doctor.rules.farend')}</strong> {farend}
      </p>
      {findings.length > 0 && (
        <ul className={classes.broken} aria-label={t('doctor.rules.broken')}>
          {findings.map((finding) => (
            <li key={finding.id}>
              <SeverityTag severity={finding.severity} />
              <a className={classes.link} href={findingAddress(finding.id)}>
                {finding.sentence}
              </a>
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}
