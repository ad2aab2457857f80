/** REST of what is set for call features, played in memory. */
import type {
  Feature,
  NewPickUpGroup,
  NewRoom,
  NewTimeProfile,
  Parking,
  Reaching,
  ReachStep,
  Supposed,
} from '../../src/api/types.ts';
import { json, none, problem } from './answers.ts';
import type { Company } from './company.ts';
import { holidaysOf, REGIONS, USUAL_REACHING } from './features.ts';
import type { Asked } from './joinedCalls.ts';

/** The answer, or `null` where the question is about something else. */
export function answerFeatures(company: Company, asked: Asked): Response | null {
  const { method, path, query, body } = asked;
  const [noun = '', id = '', part = '', what = ''] = path;
  const { features } = company;
  switch (noun) {
    case 'me':
      return id === 'reaching' ? reaching(company, company.me.id, method, part, body) : null;
    case 'users':
      return part === 'reaching' ? reaching(company, Number(id), method, what, body) : null;
    case 'time-profiles':
      return profiles(company, method, Number(id), body as NewTimeProfile);
    case 'holidays':
      return id === 'regions'
        ? json({ regions: REGIONS })
        : json({ holidays: holidaysOf(query.get('region') ?? '', Number(query.get('year'))) });
    case 'rooms':
      return rooms(company, method, Number(id), body as NewRoom);
    case 'pick-up-groups':
      return groups(company, method, Number(id), body as NewPickUpGroup);
    case 'parking':
      if (method === 'PUT') features.parking = body as Parking;
      return json(features.parking);
    case 'features':
      return codes(company, method, id, body as { code: string });
    default:
      return null;
  }
}

function reaching(company: Company, user: number, method: string, part: string, body: unknown): Response {
  const { features } = company;
  const saved = features.reaching.get(user) ?? USUAL_REACHING;
  if (part === 'simulate') return json({ steps: stepsOf(company, saved, body as Supposed) });
  if (method === 'GET') return json(saved);
  const next = body as Reaching;
  const wrong = next.forwards.findIndex(({ to }) => to === '999');
  if (wrong >= 0) {
    return problem(422, 'invalid', {}, [{ field: `forwards[${wrong}].to`, message: 'no such number' }]);
  }
  features.reaching.set(user, next);
  return json(next);
}

/** As far as a play needs it: refusals and forwards of all calls, whoever calls and whenever. */
function stepsOf(
  { users, me, features }: Company,
  saved: Reaching,
  { from, reaching: supposed }: Supposed,
): ReachStep[] {
  const { forwards, do_not_disturb, rejects_anonymous } = supposed ?? saved;
  const step = (code: string, values: Record<string, string>, after_s = 0): ReachStep => ({
    code,
    text: code,
    values: { ...values, after_s: String(after_s) },
  });
  const refused = (why: string) => [step('refused', { status: '480', why })];
  const { name } = me;
  if (from === null && rejects_anonymous) return refused(features.refusal);
  const always = forwards.find(({ is_on, when }) => is_on && when === 'always');
  if (always !== undefined) {
    const other = users.find(({ extension }) => extension === always.to)?.name ?? always.to;
    return [
      step('forwarded_always', { name, to: always.to }),
      step('rings', { name: other, phones: '1', mobile: 'false' }),
    ];
  }
  if (do_not_disturb.is_on && !do_not_disturb.except.includes(from ?? '')) {
    return refused(`${name} does not want to be disturbed`);
  }
  const rings = step('rings', { name, phones: '2', mobile: 'true' });
  const unanswered = forwards.find(({ is_on, when }) => is_on && when === 'no_answer');
  if (unanswered === undefined) return [rings, step('unanswered', {}, 60)];
  const { to, after_s } = unanswered;
  return [
    rings,
    step('forwarded_no_answer', { name, to }, after_s ?? 20),
    { code: 'news', text: 'a step of a newer server', values: {} },
  ];
}

function profiles({ features }: Company, method: string, id: number, body: NewTimeProfile): Response {
  switch (method) {
    case 'POST': {
      const profile = { ...body, id: features.profiles.length + 10 };
      features.profiles = [...features.profiles, profile];
      return json(profile, 201);
    }
    case 'PATCH':
      features.profiles = features.profiles.map((each) => (each.id === id ? { ...each, ...body } : each));
      return json(features.profiles.find((each) => each.id === id));
    case 'DELETE': {
      const isUsed = [...features.reaching.values()].some(({ forwards }) =>
        forwards.some(({ during }) => during?.profile_id === id),
      );
      if (isUsed) return problem(409, 'in-use');
      features.profiles = features.profiles.filter((each) => each.id !== id);
      return none();
    }
    default:
      return json({ time_profiles: features.profiles });
  }
}

function rooms({ features, users }: Company, method: string, id: number, body: NewRoom | null): Response {
  const others = features.rooms.filter((each) => each.id !== id);
  if (body !== null && [...users, ...others].some(({ extension }) => extension === body.extension)) {
    return problem(409, 'taken', {}, [{ field: 'extension', message: 'Somebody else has that already.' }]);
  }
  if (method === 'DELETE') {
    features.rooms = others;
    return none();
  }
  if (body === null) return json({ rooms: features.rooms });
  const before = features.rooms.find((each) => each.id === id);
  const room = { ...before, ...body, id: method === 'POST' ? features.rooms.length + 10 : id };
  features.rooms = [...others, room];
  return json(room, method === 'POST' ? 201 : 200);
}

function groups({ features }: Company, method: string, id: number, body: NewPickUpGroup | null): Response {
  const others = features.groups.filter((each) => each.id !== id);
  if (method === 'DELETE') {
    features.groups = others;
    return none();
  }
  if (body === null) return json({ pick_up_groups: features.groups });
  const before = features.groups.find((each) => each.id === id);
  const group = { ...before, ...body, id: method === 'POST' ? features.groups.length + 10 : id };
  features.groups = [...others, group];
  return json(group, method === 'POST' ? 201 : 200);
}

function codes(
  { features, users }: Company,
  method: string,
  name: string,
  body: { code: string } | null,
): Response {
  if (method === 'GET') return json({ features: features.codes });
  const change = (next: (feature: Feature) => string) => {
    features.codes = features.codes.map((each) =>
      each.name === name ? { ...each, code: next(each) } : each,
    );
    return body === null ? none() : json(features.codes.find((each) => each.name === name));
  };
  if (body === null) return change(({ usual_code }) => usual_code);
  const { code } = body;
  const other = features.codes.find((each) => each.code === code && each.name !== name);
  if (other !== undefined) return taken(`${code} is the code for ${other.name}`);
  const person = users.find(({ extension }) => extension === code);
  if (person !== undefined) return taken(`${code} is the extension of ${person.name}`);
  return change(() => code);
}

function taken(message: string): Response {
  return problem(409, 'taken', {}, [{ field: 'code', message }]);
}
