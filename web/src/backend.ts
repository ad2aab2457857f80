/** Everything outside the page that the app talks to, so that a play can stand in for it. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Api } from './api/client.ts';
import type { Events } from './api/events.ts';
import type { CheckBackend } from './check/useCheck.ts';
import type { BrowserPhone } from './phone/browserPhone.ts';
import type { PhoneState } from './phone/calls.ts';
import type { DeskPhone } from './phone/deskPhone.ts';
import type { LeadingTab } from './phone/leadingTab.ts';
import type { Media, MediaState } from './phone/media.ts';
import type { Phone } from './phone/phone.ts';
import type { Player } from './recording/player.ts';
import type { TalkOn, TalkOnChoice } from './phone/talkOn.ts';

export interface Backend {
  api: Api;
  events: Events;
  phone: BrowserPhone;
  desk: DeskPhone;
  talkOn: TalkOnChoice;
  tab: LeadingTab;
  player: Player;
  /** The audio check. */
  check: CheckBackend;
}

const BackendContext = createContext<Backend | null>(null);
export const BackendProvider = BackendContext.Provider;

export function useBackend(): Backend {
  const backend = useContext(BackendContext);
  if (backend === null) throw new Error('the app is always rendered inside a BackendProvider');
  return backend;
}

const PhoneContext = createContext<Phone | null>(null);
/** Says on which phone the person talks. */
export const PhoneProvider = PhoneContext.Provider;

/** The phone that the person talks on. */
export function usePhone(): Phone {
  const phone = useContext(PhoneContext);
  if (phone === null) throw new Error('screens behind the sign-in are rendered inside a PhoneProvider');
  return phone;
}

export function usePhoneState(): PhoneState {
  return useStateOf(usePhone());
}

/** Whether calls can be made, for what does not look at the calls themselves: lists need not be drawn anew for each of their seconds. */
export function useLine(): PhoneState['line'] {
  const phone = usePhone();
  return useSyncExternalStore(
    (changed) => phone.subscribe(changed),
    () => phone.state().line,
  );
}

export function useStateOf(phone: Phone): PhoneState {
  return useSyncExternalStore(
    (changed) => phone.subscribe(changed),
    () => phone.state(),
  );
}

/** The computer's sound, for what is only rendered while the person talks on it. */
export function useMedia(): Media {
  const { media } = usePhone();
  if (media === null) throw new Error('sound is only shown where it is ours');
  return media;
}

export function useMediaState(): MediaState {
  const media = useMedia();
  return useSyncExternalStore(
    (changed) => media.subscribe(changed),
    () => media.state(),
  );
}

/** Where the person wants to talk. */
export function useTalkOn(): TalkOn {
  const { talkOn } = useBackend();
  return useSyncExternalStore(
    (changed) => talkOn.subscribe(changed),
    () => talkOn.chosen(),
  );
}
