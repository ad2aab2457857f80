/** Which past findings a search means, beyond what the server looks for. */
import type { Finding, Severity } from '../api/doctor.ts';
import { isIn } from './words.ts';

export interface Filter {
  text: string;
  severity: Severity | '';
}

/** Whether every word that was typed is somewhere in it. */
export function matches(finding: Finding, { text, severity }: Filter): boolean {
  if (severity !== '' && finding.severity !== severity) return false;
  const { rule, sentence, subject_text, culprit_text, evidence } = finding;
  return isIn(text, [rule, sentence, subject_text, culprit_text, ...evidence.map((fact) => fact.text)]);
}
