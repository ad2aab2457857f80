/**
 * INVITEs that outlive their line. JsSIP forgets one whose connection broke, and could then neither answer it nor hear its
 * end. The server keeps it for a moment and goes on over the next connection, where it repeats what may have got lost.
 */
import type { RTCSession } from 'jssip/lib/RTCSession';
import type { IncomingRequest, OutgoingRequest } from 'jssip/lib/SIPMessage';

/** How long after its end an INVITE of ours is kept for what the server still has to say about it (RFC 3261 timer B). */
const LINGERS_MS = 32_000;
/** How long the server may take to be heard again over a new line, in milliseconds. */
const HEARD_AGAIN_MS = 10_000;
/** JsSIP's states of an INVITE: nothing was heard of it yet. */
const CALLING = 3;

interface Transaction {
  state: number;
  onTransportError(): void;
}

declare module 'jssip/lib/SIPMessage' {
  // Public in JsSIP, but left out of its types.
  interface IncomingRequest {
    server_transaction: { onTransportError(): void };
  }
  interface OutgoingRequest {
    transaction?: Transaction;
  }
}
/** An INVITE or re-INVITE of the server. Its own timers end it. */
export function outliveLine({ server_transaction: transaction }: IncomingRequest): void {
  transaction.onTransportError = () => undefined;
}

/** Our INVITE. */
export class OutlivingInvite {
  #request: OutgoingRequest | null = null;
  #deadline: ReturnType<typeof setTimeout> | null = null;
  readonly #rtc: RTCSession;

  constructor(rtc: RTCSession) {
    this.#rtc = rtc;
    rtc.on('sending', ({ request }) => {
      this.#request = request;
      // Its transaction comes into being right after this.
      queueMicrotask(() => this.#keep(request));
    });
    rtc.on('progress', () => this.#heard());
    rtc.on('accepted', () => this.#heard());
    rtc.on('failed', () => this.#heard());
  }

  /** There is a new line: what the server has not heard is said again. `forgotten`: it says nothing more. */
  again(send: (message: string) => void, forgotten: () => void): void {
    const request = this.#request;
    if (request === null || this.#rtc.isEstablished() || this.#rtc.isEnded()) return;
    // The same branch: a server that has it already takes it for a repetition.
    if (request.transaction?.state === CALLING) send(request.toString());
    this.#heard();
    this.#deadline = setTimeout(() => {
      if (!this.#rtc.isEstablished()) forgotten();
    }, HEARD_AGAIN_MS);
  }

  #heard(): void {
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    this.#deadline = null;
  }

  #keep({ transaction }: OutgoingRequest): void {
    if (transaction === undefined) return;
    const forget = transaction.onTransportError.bind(transaction);
    transaction.onTransportError = () => undefined;
    // Whoever gave up may have to say so again, when the server rings on.
    this.#rtc.on('failed', () => setTimeout(forget, LINGERS_MS));
  }
}
