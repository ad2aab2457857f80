/** One run of the check: what has been measured so far, what is under way, and what the person has said. */
import type {
  Bandwidth,
  CheckAbout,
  CheckBrowser,
  CheckTask,
  Echo,
  Gathering,
  HeadsetCheck,
  MicrophoneCheck,
  Permission,
  Reached,
  SpeakerCheck,
  Way,
  WayTest,
} from '../../api/check.ts';
import type { MicrophoneProblem } from '../../phone/calls.ts';

/** The ways of media, the best first. */
export const WAYS = ['udp', 'tcp', 'tls'] as const satisfies readonly Way[];

/** How long each measurement may take, in milliseconds. */
export const PAGE_MAX_MS = 5_000;
export const WEBSOCKET_MAX_MS = 8_000;
/** The adapter gives up by itself after 8 s; this is for one that does not. */
export const GATHERING_MAX_MS = 10_000;
export const BANDWIDTH_MAX_MS = 7_000;
/** How long a way may take until it is connected, in milliseconds. */
export const CONNECTING_MAX_MS = 8_000;
/** How long the best way is listened to, and how long the others, in milliseconds. */
export const BEST_LISTENING_MS = 10_000;
export const OTHERS_LISTENING_MS = 4_000;
/** The server ends an echo after 15 s; ours are over before that, in milliseconds. */
export const ECHO_MAX_MS = 14_000;
/** How long the figures of a way may take at its end, in milliseconds. */
export const CLOSING_MAX_MS = 3_000;
/** The server has room for as many echoes of one person at once. */
export const ECHOES_MAX = 2;
/** How long the server may take for the verdict, in milliseconds. */
export const SENDING_MAX_MS = 10_000;
/** Between the starts of two ways, in milliseconds. */
export const STAGGER_MS = 300;

/** Whoever has let the browser ask for this long and goes on without, has not answered, in milliseconds. */
export const UNANSWERED_MIN_MS = 10_000;

/** Something that is measured. `null`: it was not tried, or did not come to an end. */
export type Measurement<T> =
  { is: 'waiting' } | { is: 'running'; since: number; until: number } | { is: 'done'; value: T | null };

/**
 * ```text
 *   waiting ─► connecting ── connected ──► listening ── long enough ──► closing ─► done
 *                  └──────── given up ───────────────────────────────────►┘
 * ```
 */
export type WayState =
  | { is: 'waiting' }
  | { is: 'connecting'; since: number; until: number }
  | { is: 'listening'; began_at: number; connected_at: number; broke_at: number | null }
  | { is: 'closing'; until: number; is_connected: boolean; took_ms: number }
  | { is: 'done'; test: WayTest | null };

export type Question = 'microphone' | 'speaker' | 'playback' | 'headset';

export type Opening =
  | { is: 'closed' }
  /** The browser asks the person. */
  | { is: 'asking'; since: number }
  | { is: 'open' }
  | { is: 'refused'; problem: MicrophoneProblem };

export interface Sound {
  /** What is still to be asked, the present question first. */
  questions: readonly Question[];
  opening: Opening;
  permission: Permission | null;
  microphone: MicrophoneCheck | null;
  speaker: SpeakerCheck | null;
  /** The test tone, or the recording. */
  tone: 'unplayed' | 'playing' | 'played';
  recording: 'none' | 'recording' | 'playing' | 'played' | 'failed';
  headset: HeadsetCheck | null;
}

export interface Run {
  about: CheckAbout;
  began_at: number;
  browser: CheckBrowser;
  clock_behind_ms: number | null;
  page: Measurement<Reached>;
  websocket: Measurement<Reached>;
  gathering: Measurement<Gathering>;
  bandwidth: Measurement<Bandwidth>;
  ways: Record<Way, WayState>;
  /** When the last way began. */
  way_began_at: number | null;
  sound: Sound;
}

/** What the browser can be asked for. */
export interface Abilities {
  browser: CheckBrowser;
  peerConnection: boolean;
  microphone: boolean;
  recorder: boolean;
  hid: boolean;
}

const NOT_DONE = { is: 'done', value: null } as const;

/** A run that begins. What the browser cannot do, or the server does not ask for, is over at once, without a result. */
export function beginRun(about: CheckAbout, abilities: Abilities, at: number): Run {
  const wanted = (task: CheckTask) => about.tasks.includes(task);
  const running = (max_ms: number) => ({ is: 'running', since: at, until: at + max_ms }) as const;
  const rtc = abilities.peerConnection;
  const way = (has: boolean): WayState => (has ? { is: 'waiting' } : { is: 'done', test: null });
  const waysWanted = wanted('ways') && rtc;
  return {
    about,
    began_at: at,
    browser: abilities.browser,
    clock_behind_ms: null,
    // Also when nobody asks for it: it tells how the clocks differ.
    page: running(PAGE_MAX_MS),
    websocket: wanted('websocket') ? running(WEBSOCKET_MAX_MS) : NOT_DONE,
    gathering: wanted('candidates') && rtc ? running(GATHERING_MAX_MS) : NOT_DONE,
    bandwidth: wanted('bandwidth') ? running(BANDWIDTH_MAX_MS) : NOT_DONE,
    ways: { udp: way(waysWanted), tcp: way(waysWanted), tls: way(waysWanted && about.ice.length > 0) },
    way_began_at: null,
    sound: {
      questions: questionsOf(wanted, abilities),
      opening: { is: 'closed' },
      permission: null,
      microphone: null,
      speaker: null,
      tone: 'unplayed',
      recording: 'none',
      headset: null,
    },
  };
}

function questionsOf(wanted: (task: CheckTask) => boolean, can: Abilities): Question[] {
  const microphone = wanted('microphone') || wanted('permission');
  return [
    ...(microphone ? (['microphone'] as const) : []),
    ...(wanted('speaker') ? (['speaker'] as const) : []),
    ...(wanted('playback') && can.microphone && can.recorder ? (['playback'] as const) : []),
    ...(wanted('headset') && can.hid ? (['headset'] as const) : []),
  ];
}

/** Whether nothing is being measured any more. */
export function isMeasured(run: Run): boolean {
  const { page, websocket, gathering, bandwidth, ways } = run;
  return (
    [page, websocket, gathering, bandwidth].every(({ is }) => is === 'done') &&
    WAYS.every((way) => ways[way].is === 'done')
  );
}

/** How much of what is measured without the person is done, 0 to 1. */
export function partMeasured(run: Run, now: number): number {
  const { page, websocket, gathering, bandwidth, ways } = run;
  const parts = [
    ...[page, websocket, gathering, bandwidth].map((each) => ({
      weight: 1,
      part: each.is === 'done' ? 1 : 0,
    })),
    ...WAYS.map((way) => ({ weight: 3, part: partOfWay(ways[way], now) })),
  ];
  const all = parts.reduce((sum, { weight }) => sum + weight, 0);
  return parts.reduce((sum, { weight, part }) => sum + weight * part, 0) / all;
}

function partOfWay(way: WayState, now: number): number {
  switch (way.is) {
    case 'waiting':
    case 'connecting':
      return 0;
    case 'listening':
      return Math.min(0.9, Math.max(0, (now - way.connected_at) / BEST_LISTENING_MS));
    case 'closing':
      return 0.95;
    case 'done':
      return 1;
  }
}

export type WayEvent =
  | { type: 'WayConnected'; way: Way; at: number }
  /** `blocked`: no connection came about. `untried`: it could not even be asked for. */
  | { type: 'WayFailed'; way: Way; because: 'blocked' | 'untried'; at: number }
  | { type: 'WayClosed'; way: Way; echo: Echo | null };
