/** What somebody has changed of how they are reached, before it is saved. */
import type { Reaching } from '../api/types.ts';

/** Do not disturb by itself, for a phone's code switches it while the exceptions are being written. */
export type Changes = Partial<Omit<Reaching, 'do_not_disturb'> & Reaching['do_not_disturb']>;

/** Everything else is as it is saved, also when a phone's code changes that. */
export function applied(saved: Reaching, { is_on, except, ...others }: Changes): Reaching {
  const { do_not_disturb: before } = saved;
  return {
    ...saved,
    ...others,
    do_not_disturb: { is_on: is_on ?? before.is_on, except: except ?? before.except },
  };
}
