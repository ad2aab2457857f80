import { usePhone } from '../backend.ts';
import { useMe } from '../people/directory.ts';
import { useTalkAt } from './useTalkAt.ts';

/** The device that the person talks on: the browser's phone or the desk phone under control; `null` where there is none. */
export function useOwnDevice(): number | null {
  const me = useMe();
  const phone = usePhone();
  const { controlled } = useTalkAt();
  return phone.media === null ? (controlled?.id ?? null) : (me.phone?.device_id ?? null);
}
