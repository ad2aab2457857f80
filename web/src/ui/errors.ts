import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Refused, ServerAway } from '../api/client.ts';
import type { NotAudio } from '../api/types.ts';

/** Problems of the server that have words of their own; it tells others in English. */
const CODES = [
  'foreign-origin',
  'not-signed-in',
  'not-permitted',
  'not-found',
  'wrong-password',
  'locked-out',
  'taken',
  'in-use',
  'last-administrator',
  'overlap',
  'too-many',
  'too-soon',
  'nobody-to-ask',
  'busy',
  'not-now',
  'device-unreachable',
  'capture-runs',
  'too-large',
  'failed',
] as const;
export type Code = (typeof CODES)[number];

/** Why a file is no sound that can be used; the server tells other causes in English. */
const NOT_AUDIO = [
  'video',
  'silent',
  'too_long',
  'broken',
  'unknown_format',
] as const satisfies readonly NotAudio[];
export type ToldNotAudio = (typeof NOT_AUDIO)[number];

/** Fields whose rules have words of their own. */
export type Field = 'name' | 'label' | 'login' | 'extension' | 'sip_user' | 'password' | 'new';

/** A failed request in the person's words. */
export function useErrorWords(): (error: Error) => string {
  const { t } = useTranslation();
  return (error) => {
    if (error instanceof ServerAway) return t('errors.away');
    const cause = NOT_AUDIO.find(
      (each) => error instanceof Refused && error.code === 'not-audio' && each === error.reason,
    );
    if (cause !== undefined) return t(`errors.notAudio.${cause}`);
    const code = CODES.find((each) => error instanceof Refused && each === error.code);
    return code === undefined ? t('errors.refused', { detail: error.message }) : t(`errors.code.${code}`);
  };
}

/** What the server says against a field, or nothing. */
export function useFieldWords(error: Error | null): (field: Field) => string | undefined {
  const { t } = useTranslation();
  return (field) => (error instanceof Refused ? fieldWords(error, field, t) : undefined);
}

function fieldWords(error: Refused, field: Field, t: TFunction): string | undefined {
  if (!error.fields.some((each) => each.field === field)) return undefined;
  return error.code === 'taken' ? t('errors.code.taken') : t(`errors.field.${field}`);
}

/** Whether every field that the server complains about has a place for its words in a form with these fields. */
export function isToldByFields(error: Error | null, shown: readonly Field[]): boolean {
  if (!(error instanceof Refused) || error.fields.length === 0) return false;
  return error.fields.every(({ field }) => shown.some((each) => each === field));
}
