/** The line played without SIP: who is called answers after a moment, and the play's scenes can have people call us. */
import type { Account, Signalling, SignallingListener } from '../../src/phone/signalling.ts';
import type { Outcome } from '../../src/phone/hold.ts';
import type { Restarting } from '../../src/phone/recovery.ts';
import type { CallId, EndReason, Line, Party } from '../../src/phone/calls.ts';

/** What happens to calls to a number; everything else rings and is answered. */
const FATES: Record<string, EndReason> = {
  '103': { because: 'busy' },
  '104': { because: 'offline' },
  '105': { because: 'declined' },
  '108': { because: 'no_answer' },
  '999': { because: 'unknown_number' },
};

/** Pauses of the play, in milliseconds. */
export interface Pace {
  connect_ms: number;
  ring_ms: number;
  answer_ms: number;
}

export class FakeSignalling implements Signalling {
  readonly #pace: Pace;
  #listener: SignallingListener | null = null;
  #incoming = 0;
  /** The line's calls by the server's names for them. */
  readonly #journal = new Map<string, CallId>();
  #lost = false;
  /** Who is called lets it ring for ever. */
  letsRing = false;
  /** The server refuses to hold and to resume. */
  refusesHold = false;
  readonly network = new FakeNetwork();
  /** What the app asked for, for tests. */
  readonly asked: string[] = [];

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  start(_account: Account, listener: SignallingListener): void {
    this.#listener = listener;
    listener.line({ state: 'connecting' });
    this.#after(this.#pace.connect_ms, () => {
      listener.linked(true);
      listener.line({ state: 'ready' });
    });
  }

  stop(): void {
    this.#listener = null;
  }

  reconnect(): void {
    this.#listener?.line(this.#lost ? { state: 'away', retry_at: null } : { state: 'connecting' });
    this.#lost = false;
    this.#after(this.#pace.connect_ms, () => this.#listener?.line({ state: 'ready' }));
  }

  probeLine(): void {
    this.asked.push('probe');
  }
  replaceLine(): void {
    this.asked.push('replace');
  }
  restart(call: CallId, how: Restarting, fresh: boolean): Promise<Outcome> {
    this.asked.push(`${how === 'anew' ? 'renew' : 'restart'}${fresh ? '' : ' again'}`);
    return new Promise((resolve) =>
      this.#after(50, () => {
        if (how === 'anew') this.#connect(call);
        else this.network.restarts += 1;
        resolve({ is: 'agreed' });
      }),
    );
  }

  invite(call: CallId, number: string): void {
    this.asked.push(`invite ${number}`);
    const fate = FATES[number];
    const rings = fate === undefined || fate.because === 'declined' || fate.because === 'no_answer';
    if (rings) this.#after(this.#pace.ring_ms, () => this.#listener?.farEndRinging(call, false));
    if (this.letsRing) {
      this.#journalled(call, `journal-${number}`);
      return;
    }
    const wait = this.#pace.ring_ms + (rings ? this.#pace.answer_ms : 0);
    this.#after(wait, () => {
      this.#journalled(call, `journal-${number}`);
      if (fate === undefined) this.#answered(call);
      else this.#listener?.ended(call, fate);
    });
  }

  accept(call: CallId): void {
    this.asked.push('accept');
    this.#after(50, () => this.#answered(call));
  }
  refuse(_call: CallId, status: number): void {
    this.asked.push(`refuse ${status}`);
  }
  hangUp(): void {
    this.asked.push('hang up');
  }
  hold(call: CallId): void {
    this.asked.push('hold');
    this.#after(50, () => this.#agree(call, true));
  }
  resume(call: CallId): void {
    this.asked.push('resume');
    this.#after(50, () => this.#agree(call, false));
  }
  setMuted(_call: CallId, muted: boolean): void {
    this.asked.push(muted ? 'mute' : 'unmute');
  }
  sendTone(_call: CallId, tone: string): void {
    this.asked.push(`tone ${tone}`);
  }
  transfer(call: CallId, number: string): void {
    this.asked.push(`transfer ${number}`);
    this.#after(800, () => {
      if (FATES[number] === undefined) this.#listener?.transferAgreed(call);
      else this.#listener?.transferRefused(call, 486);
    });
  }
  peerConnection(): null {
    return null;
  }

  /** The server hangs up. */
  hungUp(journal_id: string): void {
    const call = this.#journal.get(journal_id);
    if (call !== undefined) this.#listener?.ended(call, { because: 'hung_up', by: 'them' });
  }

  /** Somebody calls us. */
  ring(party: Party): CallId {
    this.#incoming += 1;
    const call = `incoming-${this.#incoming}`;
    this.#listener?.called(call, party);
    this.#journalled(call, `journal-${party.number}`);
    return call;
  }

  /** The line changes under our feet. */
  become(line: Line): void {
    this.#lost = line.state === 'away';
    this.#listener?.linked(line.state === 'ready');
    this.#listener?.line(line);
  }

  /** The server ends the session. */
  signOut(): void {
    this.#listener?.signedOut();
  }

  end(call: CallId, reason: EndReason): void {
    this.#listener?.ended(call, reason);
  }

  farEndHolds(call: CallId): void {
    this.#listener?.farEndHolding(call, true);
  }

  /** The far end is transferred to somebody else. */
  handOver(call: CallId, party: Party): void {
    this.#listener?.partyChanged(call, party);
  }

  #journalled(call: CallId, journal_id: string): void {
    this.#journal.set(journal_id, call);
    this.#listener?.journalled(call, journal_id);
  }

  #answered(call: CallId): void {
    this.#connect(call);
    this.#listener?.answered(call);
  }

  #connect(call: CallId): void {
    this.network.begin();
    const connection = new FakeConnection(this.network);
    this.#listener?.connection(call, connection as unknown as RTCPeerConnection);
  }

  #agree(call: CallId, held: boolean): void {
    if (this.refusesHold) this.#listener?.holdRefused(call);
    else this.#listener?.held(call, held);
  }

  #after(delay_ms: number, act: () => void): void {
    setTimeout(act, delay_ms);
  }
}

/** What the phone looks at: a connection that sounds, or does not, as the play says. */
class FakeConnection extends EventTarget {
  readonly iceConnectionState = 'connected';
  readonly #network: FakeNetwork;

  constructor(network: FakeNetwork) {
    super();
    this.#network = network;
  }

  getSenders(): { track: FakeNetwork['microphone'] }[] {
    return [{ track: this.#network.microphone }];
  }

  getStats(): Promise<ReadonlyMap<string, unknown>> {
    return Promise.resolve(new Map(this.#network.look().map((entry) => [entry.id, entry])));
  }
}

/** The way of the sound. */
export class FakeNetwork {
  /** Whether anything arrives. */
  sounds = true;
  protocol: 'udp' | 'tcp' = 'udp';
  /** The track that is sent. */
  readonly microphone = { kind: 'audio', muted: false, readyState: 'live', enabled: true };
  restarts = 0;
  #packets = 0;
  #looked_at = Date.now();

  /** Another connection, which counts from nothing. */
  begin(): void {
    this.restarts += 1;
    this.#packets = 0;
    this.#looked_at = Date.now();
  }

  look(): { id: string; [figure: string]: unknown }[] {
    const now = Date.now();
    if (this.sounds) this.#packets += (now - this.#looked_at) / 20;
    this.#looked_at = now;
    const packets = Math.floor(this.#packets);
    const { protocol } = this;
    const candidate = { protocol, candidateType: 'host', address: '192.0.2.7' };
    return [
      { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
      {
        id: 'P',
        type: 'candidate-pair',
        localCandidateId: 'L',
        remoteCandidateId: 'R',
        currentRoundTripTime: 0.03,
      },
      { id: 'L', type: 'local-candidate', ...candidate, usernameFragment: `u${this.restarts}` },
      { id: 'R', type: 'remote-candidate', ...candidate, port: 8802 },
      {
        id: 'I',
        type: 'inbound-rtp',
        kind: 'audio',
        packetsReceived: packets,
        packetsLost: 0,
        jitter: 0.004,
        jitterBufferDelay: 0.031 * 960 * packets,
        jitterBufferEmittedCount: 960 * packets,
      },
    ];
  }
}
