/** REST of trunks, routes, numbers and permissions, played in memory. */
import type {
  Calling,
  CallRoute,
  CallWay,
  ChangedTrunk,
  Denial,
  Explanation,
  NewInboundNumber,
  NewRoute,
  NewTrunk,
  NumberPlan,
  Trunk,
} from '../../src/api/types.ts';
import { json, none, problem } from './answers.ts';
import type { Company } from './company.ts';
import { line, trunk, USUAL } from './outsideCalls.ts';
import { answerTest, startTest } from './trunkTests.ts';

interface Asked {
  method: string;
  noun: string;
  id: string;
  part: string;
  body: unknown;
}

/** The answer, or `null` where the question is about something else. */
export function answerOutside(company: Company, { method, noun, id, part, body }: Asked): Response | null {
  const { outside } = company;
  const key = Number(id);
  switch (`${method} ${noun}${id === '' ? '' : '/:id'}${part === '' ? '' : `/${part}`}`) {
    case 'GET trunks':
      return json({ trunks: outside.trunks });
    case 'POST trunks':
      return saveTrunk(company, null, body as NewTrunk);
    case 'PATCH trunks/:id':
      return saveTrunk(company, key, body as ChangedTrunk);
    case 'GET trunks/:id/test':
      return answerTest(company, key);
    case 'POST trunks/:id/test':
      return startTest(company, key, body as { echo_number: string | null });
    case 'DELETE trunks/:id':
      outside.trunks = outside.trunks.filter((each) => each.id !== key);
      return none();
    case 'GET trunk-profiles':
      return json({ profiles: outside.profiles, mistakes: outside.mistakes });
    case 'GET routes':
      return json({ routes: outside.routes });
    case 'POST routes':
      outside.routes.push(route(outside.routes.length + 10, body as NewRoute));
      return json(outside.routes.at(-1), 201);
    case 'PUT routes/:id': {
      const { ids } = body as { ids: number[] };
      outside.routes.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
      return json({ routes: outside.routes });
    }
    case 'PATCH routes/:id':
      outside.routes = outside.routes.map((each) => (each.id === key ? route(key, body as NewRoute) : each));
      return json(outside.routes.find((each) => each.id === key));
    case 'DELETE routes/:id':
      outside.routes = outside.routes.filter((each) => each.id !== key);
      return none();
    case 'GET numbers':
      return json({ numbers: outside.numbers });
    case 'POST numbers':
      return addNumber(company, body as NewInboundNumber);
    case 'DELETE numbers/:id':
      outside.numbers = outside.numbers.filter((each) => each.id !== key);
      return none();
    case 'GET number-plan':
      return json(outside.plan);
    case 'PUT number-plan':
      outside.plan = body as NumberPlan;
      return json(outside.plan);
    case 'POST number-plan/:id':
      return explain(company, body as { extension: string; dialled: string });
    case 'GET users/:id/calling':
      return json(outside.calling.get(key) ?? USUAL);
    case 'PUT users/:id/calling':
      return saveCalling(company, key, body as Calling);
    default:
      return null;
  }
}

function saveTrunk({ outside }: Company, key: number | null, body: NewTrunk | ChangedTrunk): Response {
  const before = outside.trunks.find((each) => each.id === key);
  if (outside.trunks.some((each) => each !== before && each.name === body.name)) {
    return problem(409, 'taken', {}, [{ field: 'name', message: 'Somebody else has that already.' }]);
  }
  const errors = wrongWith(body);
  if (errors.length > 0) return problem(422, 'invalid', {}, errors);
  const { accounts = [], ...terms } = body;
  const users = accounts.map(({ user }) => user);
  const blank = trunk(outside.trunks.length + 10, '', '', '', line(users[0] ?? null));
  const saved: Trunk = {
    ...blank,
    ...before,
    ...(terms as Partial<Trunk>),
    accounts: accounts.map((each) => ({
      user: each.user,
      auth_user: each.auth_user ?? null,
      realm: each.realm ?? null,
      contact_user: each.contact_user ?? null,
      expires_seconds: each.expires_seconds ?? null,
    })),
    lines: users.length === 0 ? [line(null)] : users.map(line),
  };
  if (before === undefined) outside.trunks.push(saved);
  else Object.assign(before, saved);
  return json(saved, before === undefined ? 201 : 200);
}

function wrongWith(body: ChangedTrunk): { field: string; message: string }[] {
  const { host = '', networks = [], number, stun, trust, ping_seconds } = body;
  const errors = [];
  if (stun?.includes(' ') === true) errors.push({ field: 'stun', message: 'write a name or an address' });
  if (trust?.kind === 'authority' && !trust.pem.includes('BEGIN CERTIFICATE')) {
    errors.push({ field: 'trust', message: 'give the certificate of one authority, in PEM' });
  }
  if (trust?.kind === 'pinned' && !/^[\da-f]{64}$/i.test(trust.sha256.replaceAll(':', ''))) {
    errors.push({ field: 'trust', message: 'give the SHA-256 of the certificate' });
  }
  if (typeof ping_seconds === 'number' && (ping_seconds < 10 || ping_seconds > 3_600)) {
    errors.push({ field: 'ping_seconds', message: 'write 10 to 3600' });
  }
  if (/[:\s<>]/.test(host)) errors.push({ field: 'host', message: 'write a name or an address alone' });
  if (networks.some((each) => !/^[\d.:a-f]+\/\d+$/.test(each))) {
    errors.push({ field: 'networks', message: 'write a network such as 192.0.2.0/24' });
  }
  if (typeof number === 'string' && !number.startsWith('+')) {
    errors.push({ field: 'number', message: 'an international number begins with +' });
  }
  return errors;
}

function route(id: number, { name, prefix = '', classes = [], cost = 0, trunks }: NewRoute): CallRoute {
  return { id, name, prefix, classes, cost, trunks };
}

function addNumber({ outside }: Company, { block, target, trunk_id = null }: NewInboundNumber): Response {
  if (outside.numbers.some((each) => each.block === block)) return problem(409, 'overlap');
  if (!block.startsWith('+')) {
    return problem(422, 'invalid', {}, [{ field: 'block', message: 'the number begins with +' }]);
  }
  const number = { id: outside.numbers.length + 10, trunk_id, block, target };
  outside.numbers.push(number);
  return json(number, 201);
}

function saveCalling({ outside }: Company, key: number, calling: Calling): Response {
  if (calling.number !== null && !calling.number.startsWith('+')) {
    return problem(422, 'invalid', {}, [{ field: 'number', message: 'a number begins with +' }]);
  }
  const dayless = calling.windows.findIndex(({ days }) => days.length === 0);
  if (dayless >= 0) {
    const field = `windows[${dayless}].days`;
    return problem(422, 'invalid', {}, [{ field, message: 'name one day at least' }]);
  }
  outside.calling.set(key, calling);
  return json(calling);
}

/** For a company in Munich that dials 0 for an outside line. */
function explain(company: Company, { extension, dialled }: { extension: string; dialled: string }): Response {
  const { users, outside } = company;
  const digits = dialled.replace(/[^\d+*#]/g, '');
  const caller = users.find((user) => user.extension === extension);
  if (caller === undefined) return problem(422, 'invalid', {}, [{ field: 'extension', message: 'nobody' }]);
  const person = users.find((user) => user.extension !== null && user.extension === digits);
  if (person !== undefined) return json(toPerson(digits, person.name));
  if (digits === company.me.server.echo_test) return json(toEcho());
  if (digits === '112') return json(toEmergency(company, caller.name));
  const number = internationalOf(digits);
  if (number === null) return json(toNowhere());
  const class_ = classOf(number);
  const means = { kind: 'world', number, text: `the number ${number}` } as const;
  const calling = outside.calling.get(caller.id) ?? USUAL;
  if (!calling.classes.includes(class_)) {
    const text = `${class_} numbers may not be called from this extension`;
    return json({
      means,
      class: class_,
      leads: denial('not_permitted', text, { class: class_ }),
    } satisfies Explanation);
  }
  const ways = outside.routes
    .filter((each) => number.startsWith(`+${each.prefix}`) && each.classes.includes(class_))
    .flatMap((each) => each.trunks.map((trunk) => wayOf(company, each, trunk, number, caller.name)));
  const text = 'goes out';
  return json({ means, class: class_, leads: { kind: 'outside', ways, text } } satisfies Explanation);
}

function toPerson(extension: string, name: string): Explanation {
  return {
    means: { kind: 'internal', number: extension, text: `the extension ${extension}` },
    class: 'internal',
    leads: { kind: 'person', extension, name, text: `rings ${name}'s phones` },
  };
}

function toEcho(): Explanation {
  return { means: null, class: null, leads: { kind: 'feature', text: 'the echo test' } };
}

function toEmergency(company: Company, caller: string): Explanation {
  const { outside } = company;
  const id = outside.plan.emergency_trunk_id;
  const ways = id === null ? [] : [{ ...wayOf(company, null, id, '112', caller), number: '112' }];
  return {
    means: { kind: 'emergency', number: '112', text: 'the emergency number 112' },
    class: 'emergency',
    leads: { kind: 'outside', ways, text: 'goes out' },
  };
}

function toNowhere(): Explanation {
  const text = 'nobody inside has this number, and for outside it is too short';
  return { means: { kind: 'unknown', number: null, text }, class: null, leads: denial('too_short', text) };
}

function denial(code: Denial['code'], text: string, values: Record<string, string> = {}): Denial {
  return { kind: 'nowhere', code, values, text };
}

function internationalOf(digits: string): string | null {
  if (digits.length < 6) return null;
  if (digits.startsWith('+')) return digits;
  const outside = digits.replace(/^0(?=0)/, '');
  if (outside.startsWith('00')) return `+${outside.slice(2)}`;
  return outside.startsWith('0') ? `+49${outside.slice(1)}` : `+4989${outside}`;
}

function classOf(number: string): string {
  if (!number.startsWith('+49')) return 'international';
  if (/^\+491[567]/.test(number)) return 'mobile';
  if (number.startsWith('+49900')) return 'premium';
  return number.startsWith('+4989') ? 'local' : 'national';
}

function wayOf(
  { outside }: Company,
  by: CallRoute | null,
  id: number,
  number: string,
  display: string,
): CallWay {
  const trunk = outside.trunks.find((each) => each.id === id);
  const from = `sip:${trunk?.number?.slice(1) ?? trunk?.accounts[0]?.user ?? ''}@${trunk?.domain ?? ''}`;
  const asserted = { name: 'P-Asserted-Identity', value: `<${from}>` };
  return {
    trunk_id: id,
    trunk: trunk?.name ?? '',
    route: by?.name ?? null,
    number: trunk?.outgoing === 'digits' ? number.slice(1) : number,
    display,
    from,
    headers: trunk?.identity === 'asserted' ? [asserted] : [],
    up: trunk?.lines.some((each) => each.state === 'up') ?? false,
  };
}
