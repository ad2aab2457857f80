/** Everything outside the page that the app talks to, so that a play can stand in for it. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Api } from './api/client.ts';
import type { Events } from './api/events.ts';
import type { MediaState } from './phone/media.ts';
import type { Phone } from './phone/phone.ts';
import type { PhoneState } from './phone/calls.ts';

export interface Backend {
  api: Api;
  events: Events;
  phone: Phone;
}

const BackendContext = createContext<Backend | null>(null);
export const BackendProvider = BackendContext.Provider;

export function useBackend(): Backend {
  const backend = useContext(BackendContext);
  if (backend === null) throw new Error('the app is always rendered inside a BackendProvider');
  return backend;
}

export function usePhone(): Phone {
  return useBackend().phone;
}

export function usePhoneState(): PhoneState {
  const phone = usePhone();
  return useSyncExternalStore(
    (changed) => phone.subscribe(changed),
    () => phone.state(),
  );
}

export function useMediaState(): MediaState {
  const { media } = usePhone();
  return useSyncExternalStore(
    (changed) => media.subscribe(changed),
    () => media.state(),
  );
}
