/** The API's nouns under short names. */
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];
export type Me = Schemas['Me'];
export type User = Schemas['User'];
export type UserState = Schemas['UserState'];
export type Role = Schemas['Role'];
export type Device = Schemas['Device'];
export type NewUser = Schemas['NewUser'];
export type NewDevice = Schemas['NewDevice'];
export type JournalCall = Schemas['Call'];
export type Problem = Schemas['Problem'];

/** Messages of the event WebSocket that the app uses. */
export type ServerEvent =
  | {
      type: 'snapshot';
      users: { id: string; state: UserState }[];
      devices: { id: string; registered: boolean }[];
    }
  | { type: 'user_state'; id: string; state: UserState }
  | { type: 'device_registered' | 'device_unregistered'; id: string }
  | { type: 'journal_changed' }
  | { type: 'directory_changed' }
  | { type: 'phone_displaced'; device_id: string };
