/** What a profile says about a field of the trunk's form. */
import { useTranslation } from 'react-i18next';
import type { TrunkProfile } from '../../api/types.ts';
import { localeOf } from '../../i18n/i18n.ts';

/** Facts of a profile that a field of the form is filled from. */
export type FactField =
  | 'host'
  | 'domain'
  | 'port'
  | 'tls_port'
  | 'transports'
  | 'srtp'
  | 'outgoing'
  | 'incoming'
  | 'identity'
  | 'authentication'
  | 'auth_user'
  | 'realm'
  | 'expires_seconds'
  | 'stun';

export type FactWords = (field: FactField, hint?: string) => string | undefined;

/** A field's hint, followed by where its value comes from, or by that nobody knows it. */
export function useFactWords(profile: TrunkProfile | null): FactWords {
  const { t, i18n } = useTranslation();
  return (field, hint) => {
    const words = profile === null ? undefined : provenance(profile, field);
    return [hint, words].filter((each) => each !== undefined).join(' ') || undefined;
  };

  function provenance(known: TrunkProfile, field: FactField): string {
    const fact = known.sources[field];
    if (fact === undefined) return t('outside.fact.unknown', { name: known.name });
    const value = valueOf(known, field);
    const from = { source: fact.source, date: monthWords(fact.date, localeOf(i18n.language)) };
    if (value === null) return t('outside.fact.known', from);
    const words = { value, ...from };
    return field === 'auth_user' ? t('outside.fact.authUser', words) : t('outside.fact.knownAs', words);
  }
}

/** What the fact is; `null` where it is a word of the server's, which the field itself says in the reader's language. */
function valueOf(profile: TrunkProfile, field: FactField): string | null {
  switch (field) {
    case 'srtp':
    case 'outgoing':
    case 'incoming':
    case 'identity':
    case 'authentication':
      return null;
    case 'transports':
      return profile.transports?.map((each) => each.toUpperCase()).join(', ') ?? null;
    case 'host':
    case 'domain':
    case 'port':
    case 'tls_port':
    case 'auth_user':
    case 'realm':
    case 'expires_seconds':
    case 'stun':
      return profile[field]?.toString() ?? null;
  }
}

/** A month such as `2026-10` as people write it. */
function monthWords(month: string, locale: string): string {
  const first = new Date(`${month}-01T00:00:00`);
  if (Number.isNaN(first.getTime())) return month;
  return first.toLocaleDateString(locale, { month: 'short', year: 'numeric' });
}
