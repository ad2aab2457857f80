/** A finding as plain text, for a ticket or a mail to whoever looks after the router. */
import type { Finding, Severity, Sureness } from '../api/doctor.ts';

/** Words around what the server says. */
export interface TicketWords {
  severity: (severity: Severity) => string;
  confidence: (confidence: Sureness) => string;
  culprit: string;
  subject: string;
  since: string;
  seen: string;
  possible: string;
  fix: string;
  retest: string;
  moment: (at: string) => string;
}

export function ticketOf(finding: Finding, words: TicketWords): string {
  const { rule, severity, sentence, culprit_text, confidence, subject_text, since } = finding;
  const { evidence, possible, fix, retest } = finding;
  const parts = [
    `[${words.severity(severity)}, ${rule}] ${sentence}`,
    [
      `${words.culprit}: ${culprit_text} (${words.confidence(confidence)})`,
      `${words.subject}: ${subject_text}`,
      `${words.since}: ${words.moment(since)}`,
    ].join('\n'),
    evidence.length > 0 &&
      `${words.seen}:\n${evidence.map((fact) => `- ${factLine(fact, words)}`).join('\n')}`,
    possible !== '' && `${words.possible}: ${possible}`,
    fix.length > 0 && `${words.fix}:\n${fix.map((step, index) => `${index + 1}. ${step}`).join('\n')}`,
    retest !== '' && `${words.retest}: ${retest}`,
  ];
  return `${parts.filter((part) => part !== false).join('\n\n')}\n`;
}

function factLine({ text, at }: Finding['evidence'][number], { moment }: TicketWords): string {
  return at === null ? text : `${text} (${moment(at)})`;
}
