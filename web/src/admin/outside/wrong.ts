/** What the server says against the fields of forms about trunks, routes, numbers and permissions. */
import { useTranslation } from 'react-i18next';
import { Refused } from '../../api/client.ts';

/** Fields whose rule has words of its own, by the last part of the server's name for them. */
const RULES = [
  'name',
  'host',
  'port',
  'domain',
  'number',
  'networks',
  'user',
  'auth_user',
  'contact_user',
  'realm',
  'password',
  'expires_seconds',
  'prefix',
  'trunks',
  'block',
  'target',
  'location',
  'from_address',
  'ping_seconds',
  'stun',
  'echo_number',
  'days',
  'from',
  'to',
] as const;
export type Rule = (typeof RULES)[number];

export interface Wrong {
  /** Those that something is wrong with. */
  fields: readonly string[];
  /** What is wrong with a field, by the server's name for it. */
  at: (field: string) => string | undefined;
  /** The error, unless fields of a form show all of it. */
  besides: (shown: readonly string[]) => Error | null;
}

export function useWrong(error: Error | null): Wrong {
  const { t } = useTranslation();
  const fields = error instanceof Refused ? error.fields : [];
  return {
    fields: fields.map(({ field }) => field),
    at: (field) => {
      const complaint = fields.find((each) => each.field === field);
      if (complaint === undefined) return undefined;
      if (error instanceof Refused && error.code === 'taken') return t('errors.code.taken');
      const rule = RULES.find((each) => each === field.split('.').at(-1));
      return rule === undefined ? complaint.message : t(`outside.wrong.${rule}`);
    },
    besides: (shown) => {
      const isShown = fields.length > 0 && fields.every(({ field }) => shown.includes(field));
      return isShown ? null : error;
    },
  };
}
