/** What the phone knows, in nouns, and the questions that screens and the reducer ask about it. What changes it is in `state.ts`. */

export type CallId = string;

/** The other side of a call. */
export interface Party {
  number: string;
  name: string | null;
}

/** How the phone stands with the server. */
export type Line =
  | { state: 'off' }
  | { state: 'connecting' }
  | { state: 'ready' }
  /** The server cannot be reached; `retry_at` is when the next attempt starts, `null` while one is under way. */
  | { state: 'away'; retry_at: number | null }
  /** The same phone signed in somewhere else; it rings there now. */
  | { state: 'displaced' }
  /** Another tab of this browser has the phone. */
  | { state: 'other_tab' }
  /** The person's number has gone to their desk phone. */
  | { state: 'at_desk_phone' }
  /** The desk phone under control is not registered. */
  | { state: 'desk_phone_away' }
  /** The server is there, but takes no more phones now; we ask again. */
  | { state: 'busy' }
  /** The server refuses the registration. */
  | { state: 'refused'; status: number };

/** What stops us from using the microphone. */
export type MicrophoneProblem = 'missing' | 'denied' | 'dismissed' | 'in_use' | 'insecure' | 'failed';

/** Why a call is over. */
export type EndReason =
  | { because: 'hung_up'; by: 'us' | 'them' }
  | { because: 'cancelled' }
  | { because: 'rejected_by_us' }
  | { because: 'missed' }
  /** It rings no more; whether a colleague has answered is not known here. */
  | { because: 'stopped_ringing' }
  | { because: 'answered_elsewhere' }
  /** Another phone of the person has taken it over. */
  | { because: 'moved' }
  | { because: 'transferred'; to: Party }
  | { because: 'busy' }
  | { because: 'declined' }
  | { because: 'no_answer' }
  | { because: 'unknown_number' }
  | { because: 'offline' }
  | { because: 'not_permitted' }
  | { because: 'no_common_codec' }
  | { because: 'server_full' }
  /** This phone has signed in somewhere else, and calls are made there. */
  | { because: 'displaced' }
  | { because: 'server_away' }
  | { because: 'connection_lost' }
  | { because: 'microphone'; problem: MicrophoneProblem }
  | { because: 'failed'; status: number | null };

/** How the call sounds, measured in the browser and, for what we say, at the server; the worse direction counts. */
export interface Quality {
  verdict: 'good' | 'fair' | 'poor';
  /** Which direction is the bad one: what we hear, or what they hear. */
  direction: 'receiving' | 'sending';
  loss_percent: number;
  jitter_ms: number;
  round_trip_ms: number | null;
}

/** Where the sound of one direction is lost, from the mouth to the ear. */
export type SoundStage =
  | 'microphone'
  | 'sender'
  | 'silent_audio'
  | 'network_in'
  | 'wrong_address'
  | 'decryption'
  | 'decoding'
  | 'network_out'
  | 'output';

/** One direction of a call has no sound. */
export interface SoundLoss {
  /** `me`: on this side. */
  whose: 'me' | 'them';
  stage: SoundStage;
  /** What our microphone does, where that is it; `null` otherwise. */
  microphone: 'muted_by_system' | 'ended' | 'zero' | null;
}

/** What both directions lack. */
export interface SoundLosses {
  /** They do not hear us. */
  from_me: SoundLoss | null;
  /** We hear nothing. */
  to_me: SoundLoss | null;
}

export const NOTHING_LOST: SoundLosses = { from_me: null, to_me: null };

/** How a call's sound travels. */
export interface Way {
  /** Straight to the server, or as TURN's guest; both ends of `tcp` are ours. */
  by: 'udp' | 'tcp' | 'relay';
  /** At the server. */
  port: number;
  /** How long sound takes from the server to the ear: half of the round trip, and what the browser keeps to even it out. */
  delay_ms: number | null;
}

/** Whether our side of a running call talks. `holding` and `resuming` wait for the far end's consent, which may not come. */
export type Hold = 'talking' | 'holding' | 'held' | 'resuming';

/** Whether sound can travel. It may before anybody has answered; people wonder when it takes long after that. */
export type Media = 'connecting' | 'flowing' | 'interrupted';

export type Transfer =
  { state: 'none' } | { state: 'asked'; to: Party } | { state: 'failed'; to: Party; status: number | null };

interface CallBase {
  id: CallId;
  party: Party;
  direction: 'outgoing' | 'incoming';
  /** The server's id, as in its journal and its events; `null` until it has told. */
  journal_id: string | null;
}
export interface Dialling extends CallBase {
  phase: 'dialling';
  /** `lifting`: our desk phone is called first. In `far_ringing` we play the ring-back tone ourselves; in `early_media` the far
   * end sends its own sound. */
  step: 'lifting' | 'microphone' | 'sent' | 'far_ringing' | 'early_media';
  media: Media;
  began_at: number;
}
export interface Ringing extends CallBase {
  phase: 'ringing';
  /** Without its line nobody knows whether the caller is still there; `silent` after a moment. */
  line: { is: 'there' } | { is: 'lost'; lost_at: number } | { is: 'silent'; lost_at: number };
  began_at: number;
}
export interface Answering extends CallBase {
  phase: 'answering';
  step: 'microphone' | 'sent';
  /** What comes of it: whoever turns to another call meanwhile does not want to be heard here. */
  then: 'talk' | 'hold';
  media: Media;
  began_at: number;
}
export interface Running extends CallBase {
  phase: 'running';
  answered_at: number;
  microphone: 'open' | 'muted';
  hold: Hold;
  /** The last wish that the far end refused. */
  hold_refused: 'hold' | 'resume' | null;
  far_end: 'talking' | 'holding';
  /** Whether `party` came into the call by a transfer at the far end. */
  handed_over: boolean;
  media: Media;
  transfer: Transfer;
  tones: string;
  quality: Quality | null;
  /** As the server has noticed. */
  lost: SoundLosses;
  /** `null` until it was measured. */
  way: Way | null;
}
export interface Ended extends CallBase {
  phase: 'ended';
  reason: EndReason;
  ended_at: number;
  /** How long people talked; `null` when nobody answered. */
  talked_ms: number | null;
}
export type Call = Dialling | Ringing | Answering | Running | Ended;

export interface PhoneState {
  line: Line;
  /** In the order in which they began. */
  calls: readonly Call[];
}

export const initialState: PhoneState = { line: { state: 'off' }, calls: [] };

/** Whether there is something to read and to do about this end. */
export function isFailure(reason: EndReason): boolean {
  switch (reason.because) {
    case 'hung_up':
    case 'cancelled':
    case 'rejected_by_us':
    case 'missed':
    case 'stopped_ringing':
    case 'answered_elsewhere':
    case 'moved':
    case 'transferred':
      return false;
    case 'busy':
    case 'declined':
    case 'no_answer':
    case 'unknown_number':
    case 'offline':
    case 'not_permitted':
    case 'no_common_codec':
    case 'server_full':
    case 'displaced':
    case 'server_away':
    case 'connection_lost':
    case 'microphone':
    case 'failed':
      return true;
  }
}

/** Whether the call ends when the person turns to another one: nobody can be put on hold before they have answered. */
export function givesWay(call: Call): call is Dialling {
  return call.phase === 'dialling';
}

/** Calls that are not over. */
export function liveCalls(state: PhoneState): readonly Exclude<Call, Ended>[] {
  return state.calls.filter((call): call is Exclude<Call, Ended> => call.phase !== 'ended');
}

/** Calls that ring here and wait for an answer, oldest first. */
export function ringingCalls(state: PhoneState): readonly Ringing[] {
  return state.calls.filter((call): call is Ringing => call.phase === 'ringing');
}

/**
 * The call in the foreground: the one that talks or is about to, else the last one on hold, else the last one that ended.
 * Ringing calls are never in the foreground: they are announced beside it.
 */
export function foregroundCall(state: PhoneState): Exclude<Call, Ringing> | null {
  let found: Exclude<Call, Ringing> | null = null;
  let best = 0;
  for (const call of state.calls) {
    const rank = foregroundRank(call);
    if (rank >= best && call.phase !== 'ringing') {
      best = rank;
      found = call;
    }
  }
  return found;
}

/** How close a call is to the person; the highest is in the foreground. */
export function foregroundRank(call: Call): number {
  switch (call.phase) {
    case 'ringing':
      return -1;
    case 'ended':
      return 0;
    case 'running':
      return call.hold === 'talking' || call.hold === 'resuming' ? 2 : 1;
    case 'answering':
      return call.then === 'talk' ? 3 : 1;
    case 'dialling':
      return 3;
  }
}

export function callOf(state: PhoneState, id: CallId): Call | undefined {
  return state.calls.find((call) => call.id === id);
}
