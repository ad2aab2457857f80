/** Watches over one running call: feeds `recovery.ts` what is measured and heard, and carries out what it decides. */
import type { CallId, Media } from './calls.ts';
import { carrierOf, readSample } from './quality.ts';
import {
  beginRecovery,
  recover,
  type Recovery,
  type RecoveryCommand,
  type RecoveryEvent,
  type Restarting,
} from './recovery.ts';
import type { Signalling } from './signalling.ts';

/** How often a call is sampled, in milliseconds: silence must be noticed before people do. */
export const SAMPLE_EVERY_MS = 200;

export interface GuardListener {
  media(media: Media): void;
  /** The connection was looked at. */
  sampled(report: ReadonlyMap<string, unknown>, packets: number): void;
  /** Neither sound nor line come back. */
  gaveUp(): void;
}

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

export class Guard {
  #state: Recovery = beginRecovery(Date.now());
  #sampling = false;
  #over = false;
  readonly #call: CallId;
  #connection: RTCPeerConnection;
  /** Packets, in all and of the connections before. */
  #packets = 0;
  #before = 0;
  readonly #signalling: Signalling;
  readonly #listener: GuardListener;

  constructor(call: CallId, connection: RTCPeerConnection, signalling: Signalling, listener: GuardListener) {
    this.#call = call;
    this.#connection = connection;
    this.#signalling = signalling;
    this.#listener = listener;
    this.followIce();
  }

  /** How often it was restarted. */
  get restarts(): number {
    return this.#state.restarts;
  }

  async sample(): Promise<void> {
    if (this.#sampling) {
      this.#feed({ type: 'TimePassed' });
      return;
    }
    this.#sampling = true;
    const connection = this.#connection;
    const report = await connection.getStats().catch(() => null);
    this.#sampling = false;
    if (report === null || connection !== this.#connection) return;
    const { received, selected } = readSample(report);
    this.#packets = this.#before + received.packets;
    if (!this.#over) this.#listener.sampled(report, this.#packets);
    this.#feed({
      type: 'Sampled',
      packets: this.#packets,
      way: selected === null ? null : carrierOf(selected),
      generation: selected?.local_ufrag ?? null,
    });
  }

  /** The call goes on over another connection. */
  follow(connection: RTCPeerConnection): void {
    this.#connection = connection;
    this.#before = this.#packets;
    this.followIce();
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

  /** The server says that nothing of ours arrives there: another way is tried. */
  unheard(): void {
    this.#feed({ type: 'Unheard' });
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
      case 'Restart':
        void this.#restart(command.how, command.fresh);
        return;
      case 'TellMedia':
        this.#listener.media(command.media);
        return;
      case 'GiveUp':
        this.#listener.gaveUp();
    }
  }

  async #restart(how: Restarting, fresh: boolean): Promise<void> {
    const outcome = await this.#signalling.restart(this.#call, how, fresh);
    this.#feed({ type: 'RestartEnded', outcome });
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
