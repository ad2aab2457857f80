/** The REST adapter's part about recordings. */
import type { Asking } from './features.ts';
import type { Peaks, Recording, RecordingPermission, RecordingSettings, RecordingStorage } from './types.ts';

/** How many recordings a page of the list has. */
export const RECORDINGS_PAGE = 100;

export function createRecordingsApi({ client, given, done }: Asking, origin: string) {
  return {
    async recordCall(call: string, is_on: boolean): Promise<void> {
      const asked = { params: { path: { call } }, body: { is_on } };
      done(await client.POST('/api/v1/me/live-calls/{call}/record', asked));
    },
    /** What one may hear, newest first; `before`: only what is older than this one. */
    async recordings(before?: string): Promise<Recording[]> {
      const query = { limit: RECORDINGS_PAGE, ...(before === undefined ? {} : { before }) };
      return given(await client.GET('/api/v1/recordings', { params: { query } })).recordings;
    },
    /** What one may hear of one call, newest first. */
    async recordingsOf(call: string): Promise<Recording[]> {
      return given(await client.GET('/api/v1/recordings', { params: { query: { call } } })).recordings;
    },
    async recordingPeaks(id: string): Promise<Peaks> {
      return given(await client.GET('/api/v1/recordings/{id}/peaks', { params: { path: { id } } }));
    },
    async deleteRecording(id: string): Promise<void> {
      done(await client.DELETE('/api/v1/recordings/{id}', { params: { path: { id } } }));
    },
    recordingAudio(id: string): string {
      return `${origin}/api/v1/recordings/${encodeURIComponent(id)}/audio`;
    },
    async recordingStorage(): Promise<RecordingStorage> {
      return given(await client.GET('/api/v1/recordings/storage'));
    },
    async recordingSettings(): Promise<RecordingSettings> {
      return given(await client.GET('/api/v1/recording-settings'));
    },
    async changeRecordingSettings(settings: RecordingSettings): Promise<RecordingSettings> {
      return given(await client.PUT('/api/v1/recording-settings', { body: settings }));
    },
    async recordingPermission(user: number): Promise<RecordingPermission> {
      const params = { path: { id: user } };
      return given(await client.GET('/api/v1/users/{id}/recording', { params }));
    },
    async changeRecordingPermission(user: number, permission: RecordingPermission): Promise<void> {
      const params = { path: { id: user } };
      done(await client.PUT('/api/v1/users/{id}/recording', { params, body: permission }));
    },
  };
}
