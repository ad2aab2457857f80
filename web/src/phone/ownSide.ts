/**
 * What this browser can tell of its own side of a call, as a pure function: samples of the statistics go in, with the time;
 * what the server is to know comes out. It knows whether the microphone gives sound, whether the output is there, and whether
 * anything arrives; nobody else does.
 */

/** Nothing but digital silence for this long, from a microphone that is open: it gives nothing, in milliseconds. */
export const ZERO_MAX_MS = 2_000;
/** No packet for this long, though the call is not on hold here, in milliseconds. Other ways have been tried since. */
export const DEAF_MAX_MS = 1_500;

export type MicrophoneState = 'unknown' | 'works' | 'muted_by_system' | 'ended' | 'zero';

/** As the server takes it. */
export interface OwnSide {
  is_muted_in_app: boolean;
  is_held: boolean;
  microphone: MicrophoneState;
  is_output_lost: boolean;
  is_deaf: boolean;
}

/** One look. */
export interface Look {
  at: number;
  /** The track that is sent; `null`: there is none. */
  track: { is_muted: boolean; has_ended: boolean; is_enabled: boolean } | null;
  /** All sound energy and time of the microphone so far (webrtc-stats, `media-source`); `null` where the browser does not tell. */
  source: { energy: number; duration_s: number } | null;
  /** Packets received so far. */
  packets: number;
  is_muted_in_app: boolean;
  is_held: boolean;
  is_output_lost: boolean;
}

export interface Observed {
  side: OwnSide;
  energy: number;
  duration_s: number;
  /** When there was sound from the microphone last, or none was to be expected. */
  sound_at: number;
  packets: number;
  /** When packets came last, or none were to be expected. */
  heard_at: number;
}

/** A call whose media begins. */
export function beginObserving(at: number): Observed {
  return {
    side: {
      is_muted_in_app: false,
      is_held: false,
      microphone: 'unknown',
      is_output_lost: false,
      is_deaf: false,
    },
    energy: 0,
    duration_s: 0,
    sound_at: at,
    packets: 0,
    heard_at: at,
  };
}

/** What is known after another look. */
export function observe(before: Observed, look: Look): Observed {
  const { at, track, source, packets, is_muted_in_app, is_held, is_output_lost } = look;
  const is_open = track?.is_enabled === true && !is_muted_in_app && !is_held;
  const sounds = source?.energy !== before.energy;
  // Without new samples nothing is known: the source is asleep, or it is another one now.
  const stands_still = source !== null && source.duration_s === before.duration_s;
  const sound_at = !is_open || sounds || stands_still ? at : before.sound_at;
  const heard_at = is_held || packets !== before.packets ? at : before.heard_at;
  return {
    side: {
      is_muted_in_app,
      is_held,
      microphone: microphoneOf(look, at - sound_at),
      is_output_lost,
      is_deaf: at - heard_at >= DEAF_MAX_MS,
    },
    energy: source?.energy ?? 0,
    duration_s: source?.duration_s ?? 0,
    sound_at,
    packets,
    heard_at,
  };
}

function microphoneOf({ track, source }: Look, silent_ms: number): MicrophoneState {
  if (track === null) return 'unknown';
  if (track.has_ended) return 'ended';
  if (track.is_muted) return 'muted_by_system';
  if (silent_ms >= ZERO_MAX_MS) return 'zero';
  return source === null ? 'unknown' : 'works';
}

/** Whether the server has to be told. */
export function isSame(a: OwnSide, b: OwnSide): boolean {
  return (
    a.is_muted_in_app === b.is_muted_in_app &&
    a.is_held === b.is_held &&
    a.microphone === b.microphone &&
    a.is_output_lost === b.is_output_lost &&
    a.is_deaf === b.is_deaf
  );
}

interface SourceEntry {
  type: string;
  kind?: string;
  totalAudioEnergy?: number;
  totalSamplesDuration?: number;
}

/** The microphone's sound, out of `getStats()`. */
export function sourceOf(report: ReadonlyMap<string, unknown>): Look['source'] {
  const entries = [...report.values()] as SourceEntry[];
  const source = entries.find((entry) => entry.type === 'media-source' && entry.kind === 'audio');
  if (source?.totalAudioEnergy === undefined || source.totalSamplesDuration === undefined) return null;
  return { energy: source.totalAudioEnergy, duration_s: source.totalSamplesDuration };
}
