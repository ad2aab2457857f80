/** What the server's document does not describe yet, written by hand: recordings, what is played to people, menus. */

/** How somebody is told that a call is recorded. */
export type Announced = 'prompt' | 'tone' | 'silently';
export type RecordingTrouble = 'quota_reached' | 'disk_full' | 'failed';
/** Whose recordings somebody may listen to. */
export type Hears = 'none' | 'own' | 'all';

/** Whether a running call is recorded. */
export interface LiveRecording {
  state: 'off' | 'announcing' | 'on' | 'stopped';
  /** Nobody can end it by hand. */
  is_by_rule: boolean;
  /** Why it has stopped. */
  trouble: RecordingTrouble | null;
}

export interface RecordedParty {
  user_id: number | null;
  number: string;
  name: string | null;
}

export interface Recording {
  id: string;
  call_id: string;
  started_at: string;
  duration_ms: number;
  state: 'running' | 'complete' | 'cut_short';
  stopped: RecordingTrouble | null;
  by: 'button' | 'rule';
  /** For whom it was made; the upper channel. */
  own: RecordedParty;
  other: RecordedParty;
  bytes: number;
  delete_after: string;
}

/** How loud both channels are, from 0 to 255, at every `step_ms`. */
export interface Peaks {
  step_ms: number;
  own: number[];
  others: number[];
}

export interface RecordingPermission {
  may_record: boolean;
  hears: Hears;
}

export interface RecordingRule {
  whose: 'everybody' | 'person' | 'team' | 'trunk';
  /** Of the person, team or trunk. */
  id: number | null;
  calls: 'all' | 'outside' | 'incoming' | 'outgoing';
  announced: Announced;
}

export interface RecordingSettings {
  announced: Announced;
  keep_days: number;
  quota_mib: number;
  rules: RecordingRule[];
}

export interface RecordingStorage {
  used_bytes: number;
  quota_bytes: number;
  /** `null`: not known. */
  disk_free_bytes: number | null;
  count: number;
  state: 'fine' | 'nearly_full' | 'full' | 'failing';
  oldest: string | null;
}

export type Spoken = 'en' | 'de';

export interface Announcement {
  id: number;
  name: string;
  duration_ms: number;
  /** Names of menus. */
  used_by: string[];
}

export interface Prompt {
  name: string;
  language: Spoken;
  text: string;
  duration_ms: number;
  is_replaced: boolean;
}

export interface Prompts {
  /** Of the company. */
  language: Spoken;
  prompts: Prompt[];
}

export type MenuKey = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '*' | '#';

export type Choice =
  | { do: 'number'; number: string }
  | { do: 'hear'; announcement_id: number }
  | { do: 'again' }
  | { do: 'hang_up' };

export interface MenuHours {
  profile_id: number;
  /** `null`: that we are closed. */
  greeting_id: number | null;
  then: Choice;
}

export interface Menu {
  id: number;
  name: string;
  extension: string;
  /** `null`: the company's. */
  language: Spoken | null;
  /** `null`: "Welcome". */
  greeting_id: number | null;
  keys: { key: MenuKey; choice: Choice }[];
  takes_extensions: boolean;
  waits_s: number;
  plays_max: number;
  otherwise: Choice;
  /** `null`: always open. */
  hours: MenuHours | null;
}

export type SoundEvent = { type: 'recordings' } | { type: 'recording_storage'; storage: RecordingStorage };

interface Wanted {
  path?: Record<string, string | number>;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
}
type Operation<Answer, Want extends Wanted = Wanted> = {
  parameters: (Want extends { path: infer Path } ? { path: Path } : { path?: never }) &
    (Want extends { query: infer Query } ? { query?: Query } : { query?: never });
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Answer } } };
} & (Want extends { body: infer Body }
  ? { requestBody: { content: { 'application/json': Body } } }
  : { requestBody?: never });

type OfUser = { path: { id: number } };
type OfRecording = { path: { id: string } };
type OfPrompt = { path: { language: Spoken; name: string } };

export interface SoundPaths {
  '/api/v1/me/live-calls/{call}/record': {
    post: Operation<unknown, { path: { call: string }; body: { is_on: boolean } }>;
  };
  '/api/v1/recordings': {
    get: Operation<{ recordings: Recording[] }, { query: { before?: string; limit: number } }>;
  };
  '/api/v1/recordings/{id}': { delete: Operation<unknown, OfRecording> };
  '/api/v1/recordings/{id}/peaks': { get: Operation<Peaks, OfRecording> };
  '/api/v1/recordings/storage': { get: Operation<RecordingStorage> };
  '/api/v1/recording-settings': {
    get: Operation<RecordingSettings>;
    put: Operation<RecordingSettings, { body: RecordingSettings }>;
  };
  '/api/v1/users/{id}/recording': {
    get: Operation<RecordingPermission, OfUser>;
    put: Operation<RecordingPermission, OfUser & { body: RecordingPermission }>;
  };
  '/api/v1/announcements': { get: Operation<{ announcements: Announcement[] }> };
  '/api/v1/announcements/{id}': {
    patch: Operation<Announcement, OfUser & { body: { name: string } }>;
    delete: Operation<unknown, OfUser>;
  };
  '/api/v1/prompts': { get: Operation<Prompts> };
  '/api/v1/prompts/language': { put: Operation<unknown, { body: { language: Spoken } }> };
  '/api/v1/prompts/{language}/{name}/audio': { delete: Operation<unknown, OfPrompt> };
  '/api/v1/menus': {
    get: Operation<{ menus: Menu[] }>;
    post: Operation<Menu, { body: Omit<Menu, 'id'> }>;
  };
  '/api/v1/menus/{id}': {
    patch: Operation<Menu, OfUser & { body: Partial<Omit<Menu, 'id'>> }>;
    delete: Operation<unknown, OfUser>;
  };
}
