/** The REST adapter's part about what is played to people, and about menus they choose from. */
import { ServerAway } from './client.ts';
import type { Asking } from './features.ts';
import type { Announcement, Menu, NewMenu, Prompts, Spoken } from './types.ts';
import type { Send, Upload } from './upload.ts';

export function createAttendantApi({ client, given, done }: Asking, origin: string, send: Send) {
  const sent = async (upload: Upload) => {
    const response = await send(upload).catch((cause: unknown) => {
      throw new ServerAway(cause);
    });
    const body: unknown = await response.json().catch(() => ({}));
    return response.ok ? { data: body, response } : { error: body, response };
  };
  const url = (path: string) => `${origin}/api/v1/${path}`;
  return {
    async announcements(): Promise<Announcement[]> {
      return given(await client.GET('/api/v1/announcements')).announcements;
    },
    async addAnnouncement(name: string, file: File, onProgress: Upload['onProgress']): Promise<Announcement> {
      const to = url(`announcements?name=${encodeURIComponent(name)}`);
      return given(await sent({ method: 'POST', url: to, file, onProgress })) as Announcement;
    },
    async replaceAnnouncement(id: number, file: File, onProgress: Upload['onProgress']): Promise<void> {
      done(await sent({ method: 'PUT', url: url(`announcements/${id}/audio`), file, onProgress }));
    },
    async renameAnnouncement(id: number, name: string): Promise<void> {
      done(await client.PATCH('/api/v1/announcements/{id}', { params: { path: { id } }, body: { name } }));
    },
    async deleteAnnouncement(id: number): Promise<void> {
      done(await client.DELETE('/api/v1/announcements/{id}', { params: { path: { id } } }));
    },
    announcementAudio(id: number): string {
      return url(`announcements/${id}/audio`);
    },
    async prompts(): Promise<Prompts> {
      return given(await client.GET('/api/v1/prompts'));
    },
    async speak(language: Spoken): Promise<void> {
      done(await client.PUT('/api/v1/prompts/language', { body: { language } }));
    },
    async replacePrompt(
      language: Spoken,
      name: string,
      file: File,
      onProgress: Upload['onProgress'],
    ): Promise<void> {
      const to = url(`prompts/${language}/${name}/audio`);
      done(await sent({ method: 'PUT', url: to, file, onProgress }));
    },
    /** Back to ours. */
    async resetPrompt(language: Spoken, name: string): Promise<void> {
      const params = { path: { language, name } };
      done(await client.DELETE('/api/v1/prompts/{language}/{name}/audio', { params }));
    },
    promptAudio(language: Spoken, name: string): string {
      return url(`prompts/${language}/${name}/audio`);
    },
    async menus(): Promise<Menu[]> {
      return given(await client.GET('/api/v1/menus')).menus;
    },
    async addMenu(menu: NewMenu): Promise<Menu> {
      return given(await client.POST('/api/v1/menus', { body: menu }));
    },
    async changeMenu(id: number, changes: Partial<NewMenu>): Promise<Menu> {
      return given(await client.PATCH('/api/v1/menus/{id}', { params: { path: { id } }, body: changes }));
    },
    async deleteMenu(id: number): Promise<void> {
      done(await client.DELETE('/api/v1/menus/{id}', { params: { path: { id } } }));
    },
  };
}
