import type { EndReason, CallId, Line, Party } from './calls.ts';
import type { Outcome } from './hold.ts';

/** What the signalling tells the phone. */
export interface SignallingListener {
  line(line: Line): void;
  /** The connection to the server is open, or lost; registration comes on top of that. */
  linked(open: boolean): void;
  /** The session is over: the person must sign in again. */
  signedOut(): void;
  called(call: CallId, party: Party): void;
  /** The server keeps the call under this id, in its journal and its events. */
  journalled(call: CallId, journal_id: string): void;
  /** `early_media`: the far end sends sound of its own (ring-back, an announcement). */
  farEndRinging(call: CallId, early_media: boolean): void;
  answered(call: CallId): void;
  held(call: CallId, held: boolean): void;
  holdRefused(call: CallId): void;
  farEndHolding(call: CallId, holding: boolean): void;
  /** The far end was transferred: somebody else talks to us now. */
  partyChanged(call: CallId, party: Party): void;
  transferAgreed(call: CallId): void;
  transferRefused(call: CallId, status: number | null): void;
  ended(call: CallId, reason: EndReason): void;
  /** The far end's sound has arrived, or changed. */
  remoteStream(call: CallId, stream: MediaStream): void;
  connection(call: CallId, connection: RTCPeerConnection): void;
}

/** The line to the server: SIP in the product, a play in development and tests. */
export interface Signalling {
  start(account: Account, listener: SignallingListener): void;
  stop(): void;
  /** Tries now instead of waiting; also takes the phone back from where else it signed in. */
  reconnect(): void;
  /** There is reason to doubt the connection: it is replaced when the server does not answer at once. */
  probeLine(): void;
  replaceLine(): void;
  /** Looks for new ways for the sound. `fresh`: with an offer of its own, even if the one before was never answered. */
  restartIce(call: CallId, fresh: boolean): Promise<Outcome>;
  invite(call: CallId, number: string, microphone: MediaStream): void;
  accept(call: CallId, microphone: MediaStream): void;
  refuse(call: CallId, status: number): void;
  hangUp(call: CallId): void;
  hold(call: CallId): void;
  resume(call: CallId): void;
  setMuted(call: CallId, muted: boolean): void;
  sendTone(call: CallId, tone: string): void;
  transfer(call: CallId, number: string): void;
  peerConnection(call: CallId): RTCPeerConnection | null;
}

/** The browser phone's identity, as `/me` gives it. */
export interface Account {
  sip_user: string;
  realm: string;
  websocket_path: string;
  display_name: string;
}
