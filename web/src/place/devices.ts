/** One's phones: which they are, what they are doing, and where the number is. */
import type { Device, LiveCall, Me, Place } from '../api/types.ts';
import { isTalk } from '../phone/remote.ts';
import type { TalkOn } from '../phone/talkOn.ts';

/** What a phone is doing. */
export type Doing = 'talking' | 'ringing' | 'in_use' | 'ready' | 'away';

/** Whether a phone rings for somebody: their own, and a shared one that has their number or would have it. */
export function isOf(device: Device, user: number): boolean {
  if (device.seat === null) return device.user_id === user;
  return device.seat.user_id === user || device.seat.mobile_user_id === user;
}

/** Whether one can talk there: a shared phone that one's number has left has nobody. */
export function isUsable({ registered, seat }: Device, me: Me): boolean {
  return registered && (seat === null || seat.user_id === me.id);
}

/** One's own devices: browser phones first, then by name. */
export function ownDevices(devices: readonly Device[], me: Me): Device[] {
  const rank = ({ kind }: Device) => (kind === 'browser' ? 0 : 1);
  return devices
    .filter((device) => isOf(device, me.id))
    .sort((a, b) => rank(a) - rank(b) || a.label.localeCompare(b.label));
}

/** The shared phone that one's number is at; `null` while it is elsewhere. */
export function phoneWithNumber(place: Place | undefined): number | null {
  return place?.at === 'desk_phone' ? place.device_id : null;
}

/** Whether no shared phone can have the number: one is logged off from it, or has none. */
export function hasNoPhone({ at, phones }: Place): boolean {
  return at === 'nowhere' || phones.length === 0;
}

/** Phones that the app could control, the likeliest first. */
export function deskPhones(devices: readonly Device[], me: Me, place: Place | undefined): Device[] {
  const rank = ({ id, registered }: Device) => (id === place?.device_id ? 0 : registered ? 1 : 2);
  const own = ownDevices(devices, me).filter(({ kind }) => kind === 'desk_phone');
  return [...own, ...guestPhones(own, me, place)].sort((a, b) => rank(a) - rank(b));
}

/** A phone that one has logged on at, which is not among one's own devices. */
function guestPhones(own: readonly Device[], me: Me, place: Place | undefined): Device[] {
  const at = place?.phones.find(({ id }) => id === phoneWithNumber(place));
  if (at === undefined || own.some(({ id }) => id === at.id)) return [];
  return [
    {
      ...at,
      user_id: null,
      kind: 'desk_phone',
      sip_user: '',
      // One's number is at no phone that is not there.
      registered: true,
      registered_from: null,
      shared: { open_to: 'everybody', people: [] },
      seat: { user_id: me.id, mobile_user_id: null },
      rings: 'after',
      rings_after_s: 0,
      in_use: false,
    },
  ];
}

/** The phone under control; `null` where there is none. Where the chosen one has gone, only the one that has the number may take
 * its place: no other phone rings or dials without having been asked to. */
export function controlledOf(
  talkOn: TalkOn,
  phones: readonly Device[],
  place: Place | undefined,
): Device | null {
  if (talkOn.on !== 'desk_phone') return null;
  const phoneOf = (device: number | null) => phones.find(({ id }) => id === device) ?? null;
  if (talkOn.device === null) return phones[0] ?? null;
  return phoneOf(talkOn.device) ?? phoneOf(phoneWithNumber(place));
}

/** `calls`: all of the person's. The list of devices is older, and does not count. */
export function doingOf(device: Device, calls: readonly LiveCall[]): Doing {
  if (!device.registered) return 'away';
  const here = calls.filter(({ device_ids }) => device_ids.includes(device.id));
  if (here.some(({ state }) => isTalk(state))) return 'talking';
  if (here.some(({ state }) => state === 'ringing')) return 'ringing';
  return here.length > 0 ? 'in_use' : 'ready';
}

/** Running calls at other phones than the one that the app is. `own`: that one's device; `known`: calls that the app shows already. */
export function callsElsewhere(
  calls: readonly LiveCall[],
  own: number | null,
  known: ReadonlySet<string | null>,
): LiveCall[] {
  return calls.filter(
    (live) => isTalk(live.state) && !known.has(live.call) && (own === null || !live.device_ids.includes(own)),
  );
}
