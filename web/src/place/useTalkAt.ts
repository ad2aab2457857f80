import { useMutation } from '@tanstack/react-query';
import { useBackend, useTalkOn } from '../backend.ts';
import { useMe } from '../people/directory.ts';
import type { Device } from '../api/types.ts';
import { controlledOf, deskPhones, phoneWithNumber } from './devices.ts';
import { useDevices, usePlace } from './queries.ts';

/** Where the person talks, and how that is changed. */
export function useTalkAt() {
  const { api, talkOn } = useBackend();
  const me = useMe();
  const chosen = useTalkOn();
  const place = usePlace().data;
  const phones = deskPhones(useDevices().data ?? [], me, place);
  const isMobile = place?.at === 'browser' && place.phones.length > 0;
  const bringBack = useMutation({ mutationFn: () => api.cancelMobility() });
  const leave = useMutation({ mutationFn: () => api.logOff() });
  return {
    phones,
    controlled: controlledOf(chosen, phones, place),
    /** The shared phone that one's number has left for the browser. */
    left: isMobile ? (place.phones.find(({ id }) => id === place.device_id) ?? null) : null,
    place,
    /** The shared phone of somebody else, or of nobody, that one has logged on at. */
    guestAt: phones.find(({ id, user_id }) => id === phoneWithNumber(place) && user_id !== me.id) ?? null,
    logOff: () => leave.mutate(),
    isLoggingOff: leave.isPending,
    atComputer: () => talkOn.choose(null),
    /** From now on, in this browser. */
    atDesk: ({ id, seat }: Device) => {
      talkOn.choose(id);
      if (isMobile && seat !== null) bringBack.mutate();
    },
    /** The number goes to its phone, and this tab follows it. */
    cancelMobility: (device: number) =>
      bringBack.mutate(undefined, { onSuccess: () => talkOn.follow(device) }),
    pending: bringBack.isPending,
    error: bringBack.error ?? leave.error,
  };
}
