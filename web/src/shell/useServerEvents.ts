import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Device, ServerEvent, User } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import type { Phone } from '../phone/phone.ts';
import { rememberEmergency } from './emergencies.ts';

/** Keeps lists true while they are on the screen: states are written into the cache, other news make it fetch again. The
 * phone hears how it is heard. `signedOut` must stay the same function. */
export function useServerEvents(signedOut: () => void): void {
  const { events, phone } = useBackend();
  const queries = useQueryClient();
  useEffect(
    () => events.listen({ heard: (event) => apply(queries, phone, event), signedOut }),
    [events, phone, queries, signedOut],
  );
}

function apply(queries: QueryClient, phone: Phone, event: ServerEvent): void {
  switch (event.type) {
    case 'snapshot': {
      // Whatever happened while we were not listening: lists may be older than this.
      const states = new Map(event.users.map((user) => [user.id, user.state]));
      queries.setQueryData<User[]>(['users'], (users) =>
        users?.map((user) => ({ ...user, state: states.get(user.id) ?? user.state })),
      );
      void queries.invalidateQueries({ queryKey: ['calls'] });
      return;
    }
    case 'user_state':
      queries.setQueryData<User[]>(['users'], (users) =>
        users?.map((user) => (user.id === event.id ? { ...user, state: event.state } : user)),
      );
      return;
    case 'device_registered':
    case 'device_unregistered':
      queries.setQueryData<Device[]>(['devices'], (devices) =>
        devices?.map((device) =>
          device.id === event.id ? { ...device, registered: event.type === 'device_registered' } : device,
        ),
      );
      return;
    case 'journal_changed':
      void queries.invalidateQueries({ queryKey: ['calls'] });
      return;
    case 'directory_changed':
      void queries.invalidateQueries({ queryKey: ['users'] });
      void queries.invalidateQueries({ queryKey: ['devices'] });
      // Oneself may be what has changed: one's number, role or browser phone.
      void queries.invalidateQueries({ queryKey: ['session'] });
      void queries.invalidateQueries({ queryKey: ['outside'] });
      return;
    case 'call_quality': {
      // Its score is the worse direction's; the browser knows better what arrives here.
      const { loss_percent, jitter_ms, round_trip_ms } = event;
      phone.heardByServer(event.call, { loss_percent, jitter_ms, round_trip_ms });
      return;
    }
    case 'phone_displaced':
      // It does not say which page has the phone now; each page's own line knows, with a way to take it back.
      return;
    case 'trunk_changed':
      void queries.invalidateQueries({ queryKey: ['outside', 'trunks'] });
      void queries.invalidateQueries({ queryKey: ['outside', 'explanation'] });
      return;
    case 'emergency_call':
      rememberEmergency(queries, event, Date.now());
      return;
    case 'fraud_suspected':
      // No page shows it yet. A call that was stopped says so to its caller.
      return;
    case 'calls':
    case 'team_line':
    case 'seated':
      // No page shows them yet: the app's own phone knows its calls.
      return;
  }
}
