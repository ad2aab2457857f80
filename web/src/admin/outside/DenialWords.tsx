import { useTranslation } from 'react-i18next';
import type { Denial } from '../../api/types.ts';
import { sentenceOf } from '../../ui/sentence.ts';
import { classOf } from './classes.ts';

/** Reasons with words of their own; others are told in the server's. */
const CODES = [
  'no_such_number',
  'not_a_number',
  'no_such_code',
  'too_short',
  'too_long',
  'area_missing',
  'prefix_missing',
  'not_permitted',
  'not_at_this_time',
  'no_route',
] as const;
export type DenialCode = (typeof CODES)[number];

/** Why a call is not put through. */
export function DenialWords({ denial }: { denial: Denial }) {
  const { t } = useTranslation();
  const code = CODES.find((each) => each === denial.code);
  const named = classOf(denial.values.class ?? null);
  const numbers = named === null ? null : t(`outside.classNumbers.${named}`);
  const isOfClass = code === 'not_permitted' || code === 'not_at_this_time';
  if (code === undefined || (isOfClass && numbers === null)) {
    return <span lang="en">{sentenceOf(denial.text)}</span>;
  }
  return <>{t(`outside.denial.${code}`, { numbers })}</>;
}
