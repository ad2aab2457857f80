/** Another connection for a call, which takes the place of the one that there is once the server has agreed. */
import type { RTCSession } from 'jssip/lib/RTCSession';
import type { Outcome } from '../hold.ts';
import { settle } from '../reoffer.ts';
import { firstCandidate } from './gathering.ts';
import { Trickle } from './trickle.ts';

interface Next {
  connection: RTCPeerConnection;
  trickle: Trickle;
}

export class Renewal {
  #next: Next | null = null;
  readonly #rtc: RTCSession;
  readonly #took: (next: Next) => void;

  /** `took`: the call has another connection from now on. */
  constructor(rtc: RTCSession, took: (next: Next) => void) {
    this.#rtc = rtc;
    this.#took = took;
  }

  /** As `restartIce`: an offer that nobody answers stays open, and goes out once more unless `fresh` asks for a new one. */
  async offer(fresh: boolean, configuration: RTCConfiguration): Promise<Outcome> {
    if (fresh) this.stop();
    try {
      this.#next ??= await this.#prepare(configuration);
      const { connection, trickle } = this.#next;
      const outcome = await settle(
        this.#rtc,
        connection,
        (sdp) => trickle.described(sdp),
        () => this.#take(),
      );
      if (outcome.is === 'refused') this.stop();
      return outcome;
    } catch {
      // The browser found no offer, or could not use the answer.
      this.stop();
      return { is: 'refused' };
    }
  }

  /** What was not agreed is given up. */
  stop(): void {
    this.#next?.trickle.stop();
    this.#next?.connection.close();
    this.#next = null;
  }

  async #prepare(configuration: RTCConfiguration): Promise<Next> {
    const { connection: old } = this.#rtc;
    const connection = new RTCPeerConnection(configuration);
    const trickle = new Trickle(this.#rtc, connection);
    for (const { track } of old.getSenders()) {
      if (track !== null) connection.addTrack(track, new MediaStream([track]));
    }
    const [audio] = connection.getTransceivers();
    const before = old.getTransceivers().find(({ receiver }) => receiver.track.kind === 'audio');
    if (audio !== undefined && before !== undefined) audio.direction = before.direction;
    const candidate = firstCandidate(connection);
    await connection.setLocalDescription(await connection.createOffer());
    await candidate;
    return { connection, trickle };
  }

  #take(): void {
    const next = this.#next;
    if (next === null) return;
    this.#next = null;
    const { connection: old } = this.#rtc;
    // JsSIP knows no other way to change it. It mutes, answers offers and ends the call by this field.
    (this.#rtc as unknown as { _connection: RTCPeerConnection })._connection = next.connection;
    this.#took(next);
    old.close();
  }
}
