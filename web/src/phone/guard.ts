/** Watches over one running call: feeds `recovery.ts` what is measured and heard, and carries out what it decides. */
import type { CallId, Media } from './calls.ts';
import { carrierOf, readSample } from './quality.ts';
import {
  beginRecovery,
  recover,
  type Recovery,
  type RecoveryCommand,
  type RecoveryEvent,
} from './recovery.ts';
import type { Signalling } from './signalling.ts';

/** How often a call is sampled, in milliseconds: silence must be noticed before people do. */
export const SAMPLE_EVERY_MS = 200;

export interface GuardListener {
  media(media: Media): void;
  /** Neither sound nor line come back. */
  gaveUp(): void;
}

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

export class Guard {
  #state: Recovery = beginRecovery(Date.now());
  #sampling = false;
  #over = false;
  readonly #call: CallId;
  readonly #connection: RTCPeerConnection;
  readonly #signalling: Signalling;
  readonly #listener: GuardListener;

  constructor(call: CallId, connection: RTCPeerConnection, signalling: Signalling, listener: GuardListener) {
    this.#call = call;
    this.#connection = connection;
    this.#signalling = signalling;
    this.#listener = listener;
    this.followIce();
  }

  /** How often ICE was restarted. */
  get restarts(): number {
    return this.#state.restarts;
  }

  async sample(): Promise<void> {
    if (this.#sampling) {
      this.#feed({ type: 'TimePassed' });
      return;
    }
    this.#sampling = true;
    const report = await this.#connection.getStats().catch(() => null);
    this.#sampling = false;
    if (report === null) return;
    const { received, selected } = readSample(report);
    this.#feed({
      type: 'Sampled',
      packets: received.packets,
      way: selected === null ? null : carrierOf(selected),
      generation: selected?.local_ufrag ?? null,
    });
  }

  followIce(): void {
    this.#feed({ type: 'IceChanged', ice: iceOf(this.#connection.iceConnectionState) });
  }

  /** Whether the server sends. */
  expect(expects: boolean): void {
    if (expects !== this.#state.expects) this.#feed({ type: 'ExpectationChanged', expects });
  }

  lineChanged(open: boolean): void {
    this.#feed({ type: 'LineChanged', open });
  }

  networkMoved(): void {
    this.#feed({ type: 'NetworkMoved' });
  }

  stop(): void {
    this.#over = true;
  }

  #feed(event: WithoutTime<RecoveryEvent>): void {
    if (this.#over) return;
    const { state, commands } = recover(this.#state, { ...event, at: Date.now() });
    this.#state = state;
    for (const command of commands) this.#carryOut(command);
  }

  #carryOut(command: RecoveryCommand): void {
    switch (command.do) {
      case 'ProbeLine':
        this.#signalling.probeLine();
        return;
      case 'ReplaceLine':
        this.#signalling.replaceLine();
        return;
      case 'RestartIce':
        void this.#restart(command.fresh);
        return;
      case 'TellMedia':
        this.#listener.media(command.media);
        return;
      case 'GiveUp':
        this.#listener.gaveUp();
    }
  }

  async #restart(fresh: boolean): Promise<void> {
    this.#feed({ type: 'RestartEnded', outcome: await this.#signalling.restartIce(this.#call, fresh) });
  }
}

function iceOf(state: RTCIceConnectionState): Recovery['ice'] {
  switch (state) {
    case 'new':
    case 'checking':
      return 'new';
    case 'connected':
    case 'completed':
      return 'fine';
    case 'disconnected':
    case 'failed':
    case 'closed':
      return 'lost';
  }
}
