import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { ReachStep } from '../api/types.ts';
import { reasonOf } from './reasons.ts';
import { sentenceOf } from '../ui/sentence.ts';

/** Steps that have words of their own; others are told in the server's. */
const STEPS = [
  'rings',
  'team_rings',
  'forwarded_always',
  'forwarded_busy',
  'forwarded_no_answer',
  'forwarded_unreachable',
  'passed_over',
  'team_night',
  'team_overflow',
  'outside',
  'room',
  'heard',
  'refused',
  'unanswered',
  'otherwise_busy',
  'otherwise_unreachable',
  'otherwise',
] as const;
export type StepCode = (typeof STEPS)[number];

/** What somebody reads; `isEnglish`: as the server says it. */
export interface Words {
  text: string;
  isEnglish: boolean;
}

/** A step in the person's words, with reasons in the server's, and when it comes. */
export interface StepWords {
  after: string | null;
  parts: readonly Words[];
}

/** Where the server's reason stands in a sentence; no name has it. */
const REASON = '\u0000';

export function useStepWords(): (step: ReachStep, nameOf: (number: string) => string) => StepWords {
  const { t } = useTranslation();
  return (step, nameOf) => wordsOf(step, nameOf, t);
}

function wordsOf(
  { code, text, values }: ReachStep,
  nameOf: (number: string) => string,
  t: TFunction,
): StepWords {
  const known = STEPS.find((each) => each === code);
  const after_s = Number(values.after_s ?? 0);
  const after = after_s > 0 ? t('reach.afterSeconds', { seconds: after_s }) : null;
  if (known === undefined) return { after: null, parts: [{ text: sentenceOf(text), isEnglish: true }] };
  const { name = '', to = '', members = '', title = '', number = '' } = values;
  const why = reasonWords(values.why ?? '', t);
  const said = { name, to: nameOf(to), why: REASON, members, title, number };
  if (known !== 'rings') return { after, parts: partsOf(t(`reach.step.${known}`, said), why) };
  const phones = t('reach.phones', { count: Number(values.phones ?? 0) });
  const mobile = values.mobile === 'true' ? t('reach.andMobile') : '';
  return { after, parts: partsOf(`${t('reach.step.rings', said)} ${phones}${mobile}`, why) };
}

/** The server's words, where they have none of their own. */
function reasonWords(why: string, t: TFunction): Words {
  const reason = reasonOf(why);
  if (reason === null) return { text: why, isEnglish: true };
  return { text: t(`reach.reasons.${reason}`), isEnglish: false };
}

function partsOf(sentence: string, why: Words): Words[] {
  const [before = '', ...behind] = sentence.split(REASON);
  const more = behind.flatMap((text) => [why, { text, isEnglish: false }]);
  return [{ text: before, isEnglish: false }, ...more];
}
