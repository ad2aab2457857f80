import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ServerAway } from '../api/client.ts';
import type { Device, LiveCall, Me, RecordingStorage, Seat, ServerEvent, User } from '../api/types.ts';
import { useBackend, type Backend } from '../backend.ts';
import {
  rememberAll,
  rememberCallBacks,
  rememberConference,
  rememberLevels,
  rememberParked,
  rememberPickUps,
} from '../joined/queries.ts';
import { rememberTransfer } from '../joined/transfers.ts';
import type { Lines } from '../place/queries.ts';
import { rememberRecorded } from '../recording/live.ts';
import { rememberEmergency } from './emergencies.ts';

/** Who listens, and by which browser phone. */
interface Listening {
  id: number;
  device: number | null;
}

/** Keeps lists true while they are on the screen: states are written into the cache, other news make it fetch again. The
 * phones hear what concerns them. `signedOut` must stay the same function. */
export function useServerEvents({ id, phone }: Me, signedOut: () => void): void {
  const backend = useBackend();
  const queries = useQueryClient();
  const device = phone?.device_id ?? null;
  useEffect(
    () =>
      backend.phone.onOwnSide(async (call, side) => {
        try {
          await backend.api.tellOwnSide(call, side);
        } catch (error) {
          // Whoever says no would say so again.
          if (error instanceof ServerAway) throw error;
        }
      }),
    [backend],
  );
  useEffect(
    () =>
      backend.events.listen({
        heard: (event) => apply(queries, backend, { id, device }, event),
        lost: () => backend.desk.lost(),
        signedOut,
      }),
    [backend, queries, id, device, signedOut],
  );
}

function apply(queries: QueryClient, backend: Backend, me: Listening, event: ServerEvent): void {
  const { phone, desk } = backend;
  switch (event.type) {
    case 'snapshot': {
      // Whatever happened while we were not listening: lists may be older than this.
      const states = new Map(event.users.map((user) => [user.id, user.state]));
      queries.setQueryData<User[]>(['users'], (users) =>
        users?.map((user) => ({ ...user, state: states.get(user.id) ?? user.state })),
      );
      void queries.invalidateQueries({ queryKey: ['calls'] });
      void queries.invalidateQueries({ queryKey: ['devices'] });
      void queries.invalidateQueries({ queryKey: ['place'] });
      void queries.invalidateQueries({ queryKey: ['reaching'] });
      void queries.invalidateQueries({ queryKey: ['features'] });
      void queries.invalidateQueries({ queryKey: ['doctor'] });
      const lines = event.lines.map(({ team_id, calls }) => [team_id, calls] as const);
      queries.setQueryData<Lines>(['lines'], Object.fromEntries(lines));
      queries.setQueryData<LiveCall[]>(['live-calls'], event.calls);
      rememberRecorded(queries, event.calls, false, Date.now());
      desk.told(event.calls);
      phone.told(event.calls, me.device);
      phone.soundUnknown();
      rememberAll(queries, event);
      return;
    }
    case 'calls':
      queries.setQueryData<LiveCall[]>(['live-calls'], event.calls);
      rememberRecorded(queries, event.calls, true, Date.now());
      desk.told(event.calls);
      phone.told(event.calls, me.device);
      return;
    case 'conference':
      rememberConference(queries, event.conference);
      return;
    case 'speaking':
      rememberLevels(queries, event.call, event.levels);
      return;
    case 'parked':
      rememberParked(queries, event.parked);
      return;
    case 'pick_ups':
      rememberPickUps(queries, event.pick_ups);
      return;
    case 'call_backs':
      rememberCallBacks(queries, event.call_backs);
      return;
    case 'transferred':
      rememberTransfer(queries, event);
      return;
    case 'team_line':
      queries.setQueryData<Lines>(['lines'], (lines) => ({ ...lines, [event.team_id]: event.calls }));
      return;
    case 'seated':
      seat(queries, backend, me.id, event);
      return;
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
      void queries.invalidateQueries({ queryKey: ['teams'] });
      void queries.invalidateQueries({ queryKey: ['place'] });
      void queries.invalidateQueries({ queryKey: ['reaching'] });
      void queries.invalidateQueries({ queryKey: ['features'] });
      // Oneself may be what has changed: one's number, role or browser phone.
      void queries.invalidateQueries({ queryKey: ['session'] });
      void queries.invalidateQueries({ queryKey: ['outside'] });
      void queries.invalidateQueries({ queryKey: ['attendant'] });
      return;
    case 'call_quality': {
      // Its score is the worse direction's; the browser knows better what arrives here.
      const { loss_percent, jitter_ms, round_trip_ms } = event;
      phone.heardByServer(event.call, { loss_percent, jitter_ms, round_trip_ms });
      return;
    }
    case 'audio_trouble':
      phone.soundWatched(event.call, event.direction, { whose: event.whose, stage: event.stage });
      return;
    case 'audio_fine':
      phone.soundWatched(event.call, event.direction, null);
      return;
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
    case 'recordings':
      void queries.invalidateQueries({ queryKey: ['recordings'] });
      void queries.invalidateQueries({ queryKey: ['calls'] });
      return;
    case 'recording_storage':
      queries.setQueryData<RecordingStorage>(['recording-storage'], event.storage);
      return;
    case 'doctor_changed':
      void queries.invalidateQueries({ queryKey: ['doctor'] });
      return;
    case 'fraud_suspected':
      // No page shows it yet. A call that was stopped says so to its caller.
      return;
  }
}

/** A number has gone somewhere else. */
function seat(
  queries: QueryClient,
  { phone, talkOn }: Backend,
  me: number,
  { device_id, user_id, mobile_user_id }: { device_id: number } & Seat,
): void {
  queries.setQueryData<Device[]>(['devices'], (devices) =>
    devices?.map((device) =>
      device.id === device_id ? { ...device, seat: { user_id, mobile_user_id } } : device,
    ),
  );
  // Who has logged on or off there may have got, or lost, a phone.
  void queries.invalidateQueries({ queryKey: ['devices'] });
  void queries.invalidateQueries({ queryKey: ['place'] });
  const { state } = phone.state().line;
  if (user_id === me && (state === 'ready' || state === 'other_tab')) talkOn.follow(device_id);
}
