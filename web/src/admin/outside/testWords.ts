/** What a step of a test has found, in the reader's language. */
import { useTranslation } from 'react-i18next';
import type { TrunkTestStep } from '../../api/types.ts';
import { localeOf } from '../../i18n/i18n.ts';
import { sentenceOf } from '../../ui/sentence.ts';
import { troubleOf } from './state.ts';

/** Codes with words of their own, and what of `values` goes into them; troubles of lines are called as there. */
export const SENTENCES = {
  name_found: ['host', 'servers'],
  no_server: [],
  connected: ['local', 'server'],
  certificate_ends: ['days', 'ends_on', 'server'],
  certificate_expired: ['ends_on', 'server'],
  options_answered: ['reason', 'server', 'status'],
  no_way: [],
  registered: ['expires_seconds', 'server'],
  does_not_register: [],
  too_many_accounts: ['accounts'],
  stun_mapped: ['local', 'public'],
  stun_own: ['server', 'public'],
  stun_own_silent: ['server'],
  stun_not_needed: ['local'],
  stun_off: [],
  stun_none: [],
  stun_elsewhere: [],
  stun_silent: ['servers'],
  router_unheard: [],
  router_untouched: [],
  router_encrypted: [],
  router_unknown: [],
  sip_alg: [],
  no_echo_number: [],
  no_country: [],
  no_such_number: ['number'],
  no_line: [],
  limited: [],
  echo_heard: ['number'],
  echo_not_ours: ['number'],
  echo_silent: ['number'],
  echo_unanswered: ['number'],
  echo_refused: ['number', 'status'],
  echo_broken: ['number'],
  too_slow: ['seconds'],
  trunk_off: [],
  trunk_changed: [],
  too_many_tests: [],
} as const satisfies Record<string, readonly string[]>;
export type SentenceCode = keyof typeof SENTENCES;

/** Values with names of their own; others have the server's. */
export const VALUES = [
  'host',
  'records',
  'servers',
  'server',
  'local',
  'tls',
  'names',
  'ends_on',
  'days',
  'status',
  'reason',
  'round_trip_ms',
  'expires_seconds',
  'seen_as',
  'contacts',
  'public',
  'sent_by',
  'sent_by_instead',
  'received',
  'rport',
  'number',
  'sent_packets',
  'received_packets',
  'lost_packets',
  'seconds',
  'wait_seconds',
  'accounts',
] as const;

export interface Sentence {
  words: string;
  /** Whether these are the server's words, which are English. */
  isServers: boolean;
}

export function useSentence(): (step: TrunkTestStep) => Sentence {
  const { t, i18n } = useTranslation();
  return (step) => {
    const words = ours(step);
    return { words: words ?? sentenceOf(step.text), isServers: words === null };
  };

  function ours({ code, values }: TrunkTestStep): string | null {
    const known = sentenceCodeOf(code, values);
    if (known !== null) {
      const replace = mapped(values, (value) => readable(value, localeOf(i18n.language)));
      return t(`trunkTest.said.${known}`, { replace });
    }
    const trouble = troubleOf(code);
    if (trouble === null) return null;
    const words = t(`outside.trouble.${trouble}`);
    const seconds = values.wait_seconds;
    return seconds === undefined ? words : `${words} ${t('trunkTest.askedLately', { seconds })}`;
  }
}

/** The code, if we have words for it and all that they need. */
export function sentenceCodeOf(code: string, values: TrunkTestStep['values']): SentenceCode | null {
  if (!Object.hasOwn(SENTENCES, code)) return null;
  const known = code as SentenceCode;
  return SENTENCES[known].every((name) => Object.hasOwn(values, name)) ? known : null;
}

/** What was seen, each under its name in the reader's language. */
export function useSeen(): (step: TrunkTestStep) => { name: string; value: string }[] {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  return ({ values }) =>
    Object.entries(values).map(([key, value]) => {
      const known = VALUES.find((each) => each === key);
      const name = known === undefined ? key : t(`trunkTest.value.${known}`);
      return { name, value: readable(value, locale) };
    });
}

function mapped(values: TrunkTestStep['values'], by: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, by(value)]));
}

/** A day such as `2026-12-08` as people write it; everything else as it is. */
function readable(value: string, locale: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return value;
  return new Date(`${value}T12:00:00`).toLocaleDateString(locale, { dateStyle: 'medium' });
}
