/** The browser that the check runs in: its instruments, and what it is. */
import type { CheckAbout, CheckApi, CheckBrowser, Way } from '../api/check.ts';
import { measureBandwidth } from './bandwidth.ts';
import { gather } from './gathering.ts';
import { BrowserHeadset, hidOfBrowser } from './headset.ts';
import type {
  Attempt,
  AttemptListener,
  Clock,
  HeadsetBench,
  Instruments,
  SoundBench,
} from './instruments.ts';
import { measurePage, openWebSocket } from './page.ts';
import { BrowserSound } from './sound.ts';
import type { Abilities } from './state/run.ts';
import { serversOf, tryWay } from './ways.ts';

/** Held by the tab that checks. */
const LOCK = 'farend.check';

const CLOCK: Clock = {
  now: () => performance.now(),
  after: (time_ms, then) => {
    const timer = setTimeout(then, time_ms);
    return () => clearTimeout(timer);
  },
};

export class BrowserInstruments implements Instruments {
  readonly clock = CLOCK;
  readonly #api: CheckApi;
  #context: AudioContext | null = null;
  readonly #attempts = new Set<Attempt>();
  readonly sound: SoundBench;
  readonly headset: HeadsetBench;

  constructor(api: CheckApi) {
    this.#api = api;
    this.sound = new BrowserSound(() => this.#sound());
    this.headset = new BrowserHeadset(hidOfBrowser());
  }

  abilities(): Abilities {
    return abilitiesOf(window);
  }

  begin(): void {
    if ('AudioContext' in window) void this.#sound().resume();
  }

  end(): void {
    this.sound.close();
    this.headset.close();
    for (const attempt of this.#attempts) void attempt.finish();
    this.#attempts.clear();
    void this.#context?.close();
    this.#context = null;
  }

  measurePage() {
    return measurePage(this.#api);
  }

  openWebSocket() {
    return openWebSocket(this.#api);
  }

  gather(servers: readonly string[]) {
    return gather(servers);
  }

  measureBandwidth() {
    return measureBandwidth(this.#api);
  }

  tryWay(way: Way, about: CheckAbout, listener: AttemptListener): Attempt {
    const ice = serversOf(way, about, location.hostname);
    const attempt = tryWay(this.#api, this.#sound(), way, ice, listener);
    this.#attempts.add(attempt);
    return {
      finish: () => {
        this.#attempts.delete(attempt);
        return attempt.finish();
      },
    };
  }

  beAlone(): Promise<(() => void) | null> {
    // Pages that did not come over https have no locks.
    if (!('locks' in navigator)) return Promise.resolve(() => undefined);
    return new Promise((resolve) => {
      const held = (lock: Lock | null) => {
        if (lock === null) {
          resolve(null);
          return;
        }
        return new Promise<void>((release) => resolve(() => release()));
      };
      navigator.locks.request(LOCK, { ifAvailable: true }, held).catch(() => resolve(() => undefined));
    });
  }

  #sound(): AudioContext {
    this.#context ??= new AudioContext();
    return this.#context;
  }
}

/** The part of a window that tells what it can do. */
export type Surroundings = Pick<Window, 'isSecureContext'> & { navigator: Navigator };

export function abilitiesOf(surroundings: Surroundings): Abilities {
  const { navigator, isSecureContext } = surroundings;
  const microphone = 'mediaDevices' in navigator && 'getUserMedia' in navigator.mediaDevices;
  const has = (name: string) => name in surroundings;
  const missing = ['RTCPeerConnection', 'WebSocket', 'AudioContext'].filter((name) => !has(name));
  // Pages that did not come over https have no microphone in any browser.
  if (!microphone && isSecureContext) missing.push('getUserMedia');
  return {
    browser: { ...describe(navigator.userAgent), missing, is_insecure: !isSecureContext },
    peerConnection: has('RTCPeerConnection') && has('AudioContext'),
    microphone: microphone && has('AudioContext'),
    recorder: has('MediaRecorder'),
    hid: 'hid' in navigator,
  };
}

/** Who says that it is another one comes first. */
const BROWSERS = [
  ['Edge', /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ['Opera', /\bOPR\/(\d+)/],
  ['Samsung Internet', /\bSamsungBrowser\/(\d+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/(\d+)/],
  ['Chromium', /\b(?:Headless)?Chrom(?:e|ium)\/(\d+)/],
  ['Chrome', /\bCriOS\/(\d+)/],
  ['Safari', /\bVersion\/(\d+(?:\.\d+)?).*Safari\//],
] as const;

const SYSTEMS = [
  ['Android', /Android/],
  ['iOS', /iPhone|iPad/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X|Macintosh/],
  ['ChromeOS', /CrOS/],
  ['Linux', /Linux/],
] as const;

/** Name and version of a browser and its system, for people. */
export function describe(userAgent: string): Pick<CheckBrowser, 'name' | 'system'> {
  let name = '';
  for (const [each, pattern] of BROWSERS) {
    const version = pattern.exec(userAgent)?.[1];
    if (version === undefined) continue;
    name = `${each} ${version}`;
    break;
  }
  return { name, system: SYSTEMS.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? '' };
}
