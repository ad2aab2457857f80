/** Menus, announcements and prompts, played in memory. */
import type { Announcement, Menu, NewMenu, Prompt, Prompts, Spoken } from '../../src/api/types.ts';
import type { Upload } from '../../src/api/upload.ts';
import { json, none, problem } from './answers.ts';
import type { Company } from './company.ts';
import type { Asked } from './joinedCalls.ts';

export interface Attendants {
  menus: Menu[];
  announcements: Announcement[];
  prompts: Prompts;
  /** What the server has against the next menus. */
  complaints: { field: string; message: string }[];
  /** Why the next files are no sound; `null`: they are. */
  notAudio: { detail?: string; reason?: string } | null;
}

const TEXTS: readonly [name: string, en: string, de: string][] = [
  ['welcome', 'Welcome.', 'Willkommen.'],
  ['dial_extension', 'Please dial the extension.', 'Bitte wählen Sie die Nebenstelle.'],
  [
    'try_again',
    'This is not possible. Please try again.',
    'Das geht nicht. Bitte versuchen Sie es noch einmal.',
  ],
  ['nobody_answers', 'Nobody answers there.', 'Dort nimmt niemand ab.'],
  ['line_busy', 'The line is busy.', 'Der Anschluss ist besetzt.'],
  [
    'closed',
    'We are closed now. Please call again during our office hours.',
    'Wir haben jetzt geschlossen. Bitte rufen Sie während unserer Öffnungszeiten noch einmal an.',
  ],
  ['goodbye', 'Goodbye.', 'Auf Wiederhören.'],
  ['recorded', 'This call is being recorded.', 'Dieses Gespräch wird aufgezeichnet.'],
];

export function attendants(): Attendants {
  const prompt = (language: Spoken, name: string, text: string): Prompt => ({
    name,
    language,
    text,
    duration_ms: 600 + 70 * text.length,
    is_replaced: language === 'en' && name === 'goodbye',
  });
  return {
    menus: [],
    announcements: [],
    complaints: [],
    notAudio: null,
    prompts: {
      language: 'en',
      prompts: TEXTS.flatMap(([name, en, de]) => [prompt('en', name, en), prompt('de', name, de)]),
    },
  };
}

/** The answer, or `null` where the question is about something else. */
export function answerAttendant(company: Company, { method, path, body }: Asked): Response | null {
  const [noun = '', id = '', name = ''] = path;
  const mine = company.attendant;
  switch (noun) {
    case 'menus':
      return menus(company, method, Number(id), body as NewMenu | null);
    case 'announcements': {
      const known = mine.announcements.find((each) => each.id === Number(id));
      if (id === '') return json({ announcements: mine.announcements.map((each) => withUse(mine, each)) });
      if (known === undefined) return problem(404, 'not-found');
      if (method === 'PATCH') known.name = (body as { name: string }).name;
      if (method !== 'DELETE') return json(withUse(mine, known));
      if (withUse(mine, known).used_by.length > 0) return problem(409, 'in-use');
      mine.announcements = mine.announcements.filter((each) => each !== known);
      return none();
    }
    case 'prompts':
      if (id === 'language') mine.prompts.language = (body as { language: Spoken }).language;
      else if (method === 'DELETE') replace(mine, id, name, false);
      return method === 'GET' ? json(mine.prompts) : none();
    default:
      return null;
  }
}

/** A file that arrives. */
export function takeFile(company: Company, { method, url, file }: Upload): Response {
  const { pathname, searchParams } = new URL(url);
  const [, ...path] = pathname.replace('/api/v1', '').split('/').map(decodeURIComponent);
  const [noun = '', id = '', name = ''] = path;
  const mine = company.attendant;
  const why = mine.notAudio ?? (file.type.startsWith('audio/') ? null : { reason: 'unknown_format' });
  if (why !== null) return problem(422, 'not-audio', {}, [], why);
  if (noun === 'prompts') {
    replace(mine, id, name, true);
    return none();
  }
  if (method === 'PUT') return none();
  const announcement: Announcement = {
    id: mine.announcements.length + 1,
    name: searchParams.get('name') ?? '',
    duration_ms: 12_000,
    used_by: [],
  };
  mine.announcements = [...mine.announcements, announcement];
  return json(announcement, 201);
}

function menus(company: Company, method: string, id: number, body: NewMenu | null): Response {
  const { users, oneNumber, features, attendant: mine } = company;
  const others = mine.menus.filter((each) => each.id !== id);
  const taken = [...users, ...oneNumber.teams, ...features.rooms, ...others];
  if (body !== null && taken.some(({ extension }) => extension === body.extension)) {
    return problem(409, 'taken', {}, [{ field: 'extension', message: 'Somebody else has that already.' }]);
  }
  if (body !== null && mine.complaints.length > 0) return problem(422, 'invalid', {}, mine.complaints);
  if (method === 'DELETE') {
    mine.menus = others;
    return none();
  }
  if (body === null) return json({ menus: mine.menus });
  const before = mine.menus.find((each) => each.id === id);
  const menu = { ...before, ...body, id: method === 'POST' ? mine.menus.length + 10 : id };
  mine.menus = [...others, menu];
  return json(menu, method === 'POST' ? 201 : 200);
}

function withUse({ menus: all }: Attendants, announcement: Announcement): Announcement {
  const uses = ({ greeting_id, hours, keys }: Menu) =>
    greeting_id === announcement.id ||
    hours?.greeting_id === announcement.id ||
    keys.some(({ choice }) => choice.do === 'hear' && choice.announcement_id === announcement.id);
  return { ...announcement, used_by: all.filter(uses).map(({ name }) => name) };
}

function replace(mine: Attendants, language: string, name: string, is_replaced: boolean): void {
  mine.prompts = {
    ...mine.prompts,
    prompts: mine.prompts.prompts.map((each) =>
      each.language === language && each.name === name ? { ...each, is_replaced } : each,
    ),
  };
}
