/** The REST API played in memory: same paths, same problems, typed by the same document as the app. */
import type { Send } from '../../src/api/upload.ts';
import type { Fetch } from '../../src/api/client.ts';
import type { Events, EventsListener } from '../../src/api/events.ts';
import type { Device, NewDevice, NewUser, ServerEvent, User } from '../../src/api/types.ts';
import { json, none, problem } from './answers.ts';
import { answerAttendant, takeFile } from './attendant.ts';
import type { Company } from './company.ts';
import { answerCheck, CheckWorld } from './check.ts';
import { answerDoctor } from './doctorServer.ts';
import { answerFeatures } from './featureSettings.ts';
import { JoinedCalls } from './joinedCalls.ts';
import { OneNumberServer } from './oneNumber.ts';
import { answerOutside } from './outside.ts';
import type { Pace } from './signalling.ts';
import { SoundServer } from './sounds.ts';

export interface FakeServerOptions {
  signedIn?: boolean;
  /** Nothing answers. */
  away?: boolean;
  /** Lists never arrive. */
  slow?: boolean;
  /** Lists fail. */
  broken?: boolean;
  lockedOut?: boolean;
  /** Somebody with a link to the audio check. */
  isGuest?: boolean;
  /** The audio check measures this browser, though there is no server. */
  measuresBrowser?: boolean;
}

type Answer = Response | Promise<Response>;

const AT_ONCE: Pace = { connect_ms: 0, ring_ms: 0, answer_ms: 0 };

export class FakeServer implements Events {
  readonly company: Company;
  readonly options: FakeServerOptions;
  #signedIn: boolean;
  #goesOn: Promise<void> | null = null;
  #listeners = new Set<EventsListener>();
  readonly oneNumber: OneNumberServer;
  readonly joined: JoinedCalls;
  readonly sounds: SoundServer;
  /** What the audio check finds. */
  readonly check = new CheckWorld();
  /** Ends a call at the browser's line, where there is one. */
  hangUp: (call: string) => void = () => undefined;
  /** A desk phone under control goes on ringing when it is called first. */
  letsLift = false;

  constructor(company: Company, options: FakeServerOptions = {}, pace: Pace = AT_ONCE) {
    this.company = company;
    this.options = options;
    this.#signedIn = options.signedIn ?? true;
    this.oneNumber = new OneNumberServer(
      company,
      (event) => this.tell(event),
      pace,
      () => this.letsLift,
    );
    this.joined = new JoinedCalls(
      company,
      this.oneNumber,
      (event) => this.tell(event),
      (call) => this.hangUp(call),
    );
    this.sounds = new SoundServer(company, this.oneNumber, (event) => this.tell(event));
  }

  readonly fetch: Fetch = async (request) => {
    if (this.options.away === true) throw new TypeError('Failed to fetch');
    const { pathname, searchParams } = new URL(request.url);
    const [, ...path] = pathname.replace('/api/v1', '').split('/').map(decodeURIComponent);
    const text = await request.text();
    await this.#goesOn;
    const isJson = request.headers.get('Content-Type') === 'application/json';
    const body: unknown = text !== '' && isJson ? JSON.parse(text) : null;
    const isOfDesk = path[1] === 'links' || (path[1] === 'results' && request.method === 'GET');
    if (path[0] === 'check' && !isOfDesk) {
      const token = request.headers.get('Farend-Check');
      this.check.asked.push({ url: request.url, token, credentials: request.credentials });
      const asked = { method: request.method, path, query: searchParams, body, token };
      return answerCheck(this.check, { ...asked, isSignedIn: this.#signedIn });
    }
    return this.#answer(request.method, path, searchParams, body);
  };

  /** Half of a file is there before the server hesitates, if it does. */
  readonly send: Send = async (upload) => {
    if (this.options.away === true) throw new TypeError('Failed to fetch');
    upload.onProgress(0.5);
    await this.#goesOn;
    upload.onProgress(1);
    return takeFile(this.company, upload);
  };

  /** Lets requests wait until what is returned is called. */
  hesitate(): () => void {
    let goOn: () => void = () => undefined;
    this.#goesOn = new Promise((resolve) => (goOn = resolve));
    return goOn;
  }

  listen(listener: EventsListener): () => void {
    this.#listeners.add(listener);
    listener.heard(this.#snapshot());
    return () => this.#listeners.delete(listener);
  }

  /** The events were away, and are back. */
  reconnect(): void {
    this.tell(this.#snapshot());
  }

  #snapshot(): ServerEvent {
    return {
      type: 'snapshot',
      users: this.company.users.map(({ id, state }) => ({ id, state })),
      devices: this.company.devices.map(({ id, registered }) => ({ id, registered })),
      calls: this.company.oneNumber.live,
      lines: [...this.company.oneNumber.lines].map(([team_id, calls]) => ({ team_id, calls })),
      seats: this.company.devices.flatMap(({ id, seat }) =>
        seat === null ? [] : [{ device_id: id, ...seat }],
      ),
      conferences: this.company.features.conferences,
      parked: this.company.features.parked,
      pick_ups: this.company.features.pickUps,
      call_backs: this.company.features.callBacks,
    };
  }

  tell(event: ServerEvent): void {
    for (const listener of this.#listeners) listener.heard(event);
  }

  /** The session ends; `aloud`: whoever listens to events is told. */
  expire(aloud: boolean): void {
    this.#signedIn = false;
    if (!aloud) return;
    for (const listener of this.#listeners) listener.signedOut();
  }

  #answer(method: string, path: string[], query: URLSearchParams, body: unknown): Answer {
    const { company, options } = this;
    const [noun = '', id = '', part = ''] = path;
    if (noun === 'session') return this.#session(method, body);
    if (!this.#signedIn) return problem(401, 'not-signed-in');
    if (noun !== 'me' && options.slow === true) return new Promise<Response>(() => undefined);
    if (noun !== 'me' && options.broken === true) return problem(500, 'failed');
    const asked = { method, path, query, body };
    const answered =
      answerAttendant(company, asked) ??
      this.sounds.answer(asked) ??
      this.joined.answer(asked) ??
      answerFeatures(company, asked) ??
      answerDoctor(company, asked) ??
      this.oneNumber.answer(asked);
    if (answered !== null) return answered;
    switch (`${method} ${noun}${id === '' ? '' : '/:id'}${part === '' ? '' : `/${part}`}`) {
      case 'GET me':
        return json(company.me);
      case 'PUT me/:id':
        return this.#password(body as { current: string; new: string });
      case 'GET users':
        return json({ users: company.users });
      case 'POST users':
        return this.#addUser(body as NewUser);
      case 'PATCH users/:id':
        return this.#changeUser(id, body as Partial<NewUser>);
      case 'DELETE users/:id':
        company.users = company.users.filter((user) => user.id !== Number(id));
        company.devices = company.devices.filter((device) => device.user_id !== Number(id));
        return none();
      case 'GET devices':
        return json({ devices: company.devices });
      case 'POST devices':
        return this.#addDevice(body as NewDevice);
      case 'DELETE devices/:id':
        company.devices = company.devices.filter((device) => device.id !== Number(id));
        return none();
      case 'POST devices/:id/secret':
        return json({ secret: 'tV7r-Qm2x-8dKp-Lw4n' });
      case 'GET calls':
        return json({ calls: company.calls, next: null });
      case 'GET network':
        return this.#network();
      case 'POST network/:id':
        return this.#probe();
      default:
        return answerOutside(company, { method, noun, id, part, body }) ?? problem(404, 'not-found');
    }
  }

  /** Who asks sees a probe that runs once, and its end the next time. */
  #network(): Response {
    const { network } = this.company;
    const answer = json(network);
    network.probing = false;
    return answer;
  }

  #probe(): Response {
    const { network } = this.company;
    if (network.probing) return problem(429, 'too-soon', { 'Retry-After': '10' });
    network.probing = true;
    return new Response(null, { status: 202 });
  }

  #session(method: string, body: unknown): Response {
    const { company, options } = this;
    const session = { expires_at: '2030-01-01T00:00:00Z', user: company.me };
    switch (method) {
      case 'GET':
        return this.#signedIn ? json(session) : problem(401, 'not-signed-in');
      case 'POST': {
        if (options.lockedOut === true) return problem(429, 'locked-out', { 'Retry-After': '272' });
        const { name, password } = body as { name: string; password: string };
        if (company.passwords.get(name) !== password) return problem(401, 'wrong-password');
        this.#signedIn = true;
        return json({ token: 'fake', ...session });
      }
      default:
        this.#signedIn = false;
        return none();
    }
  }

  #password(change: { current: string; new: string }): Response {
    const { me, passwords } = this.company;
    if (passwords.get(me.login) !== change.current) return problem(401, 'wrong-password');
    passwords.set(me.login, change.new);
    return none();
  }

  #addUser(next: NewUser): Response {
    const { users } = this.company;
    if (users.some((user) => user.extension !== null && user.extension === next.extension)) {
      return problem(409, 'taken', {}, [{ field: 'extension', message: 'Somebody else has that already.' }]);
    }
    const user: User = {
      id: users.length + 200,
      login: next.login,
      name: next.name,
      extension: next.extension ?? null,
      role: next.role,
      state: 'offline',
      has_pin: false,
    };
    users.push(user);
    return json(user, 201);
  }

  #changeUser(id: string, change: Partial<NewUser>): Response {
    const user = this.company.users.find((each) => each.id === Number(id));
    if (user === undefined) return problem(404, 'not-found');
    const { name, login, extension, role } = change;
    Object.assign(user, {
      name: name ?? user.name,
      login: login ?? user.login,
      extension: extension ?? user.extension,
      role: role ?? user.role,
    });
    return json(user);
  }

  #addDevice(next: NewDevice): Response {
    const { devices, me } = this.company;
    const device: Device = {
      ...next,
      user_id: next.user_id ?? null,
      shared: next.shared ?? null,
      id: devices.length + 2_000,
      registered: false,
      registered_from: null,
      rings: 'after',
      rings_after_s: 0,
      seat: (next.shared ?? null) === null ? null : { user_id: next.user_id ?? null, mobile_user_id: null },
      in_use: false,
    };
    devices.push(device);
    if (device.kind === 'browser' && device.user_id === me.id) {
      const phone = {
        device_id: device.id,
        sip_user: device.sip_user,
        realm: 'farend',
        websocket_path: '/sip',
      };
      this.company.me = { ...me, phone };
    }
    this.tell({ type: 'directory_changed' });
    return json({ device, secret: 'hX4q-9sBn-Zr6t-Kc3w' }, 201);
  }
}
