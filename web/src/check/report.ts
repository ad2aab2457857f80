/** The result as text, for a mail or a ticket. */
import type { TFunction } from 'i18next';
import type { CheckVerdict } from '../api/check.ts';
import type { Facts } from './facts.ts';

export function reportOf(verdict: CheckVerdict, facts: readonly Facts[], link: string, t: TFunction): string {
  const who = [verdict.who.name, verdict.who.extension, verdict.who.label];
  const findings = verdict.findings.flatMap((finding) => [
    '',
    `${t(`check.severity.${finding.severity}`)} (${finding.rule}): ${finding.sentence}`,
    ...finding.fix.map((each, index) => `  ${index + 1}. ${each}`),
    ...finding.evidence.map(({ text }) => `  - ${text}`),
  ]);
  const tables = facts.flatMap(({ title, columns, rows, note }) => [
    '',
    `${title}${columns.length === 0 ? '' : ` (${columns.join(' | ')})`}`,
    ...rows.map((row) => `  ${row.join(' | ')}`),
    ...(note === undefined ? [] : [`  ${note}`]),
  ]);
  return [
    `farend: ${t('check.title')}`,
    [...new Set(who.filter((each) => each !== null && each !== ''))].join(', '),
    verdict.at,
    `${t(`check.verdict.${verdict.verdict}`)}: ${verdict.headline}`,
    link,
    ...findings,
    ...tables,
    '',
  ].join('\n');
}
