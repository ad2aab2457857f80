/** ICE candidates that came after their description, by SIP INFO (RFC 8840). */
import type { RTCSession } from 'jssip/lib/RTCSession';

/** Candidates that come within this many milliseconds travel together. */
const TOGETHER_MS = 20;
/** Candidates that may wait for a dialog or a line. */
const WAITING_MAX = 16;

export class Trickle {
  #waiting: RTCIceCandidate[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #open = false;
  readonly #rtc: RTCSession;
  readonly #connection: RTCPeerConnection;

  constructor(rtc: RTCSession, connection: RTCPeerConnection) {
    this.#rtc = rtc;
    this.#connection = connection;
    connection.addEventListener('icecandidate', ({ candidate }) => {
      // Ours has no candidate at all: see `gathering.ts`.
      if (candidate && isOfUse(candidate)) this.#found(candidate);
    });
    rtc.on('sdp', ({ originator, sdp }) => {
      if ((originator as string) === 'local') this.described(sdp);
    });
  }

  /** There is a dialog, or a line again. */
  open(): void {
    this.#open = true;
    this.#sendSoon();
  }

  /** Nobody hears us now. */
  close(): void {
    this.#open = false;
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting = [];
    this.#open = false;
  }

  /** This description has gone out; what stands in it need not follow. */
  described(sdp: string): void {
    this.#waiting = this.#waiting.filter((each) => !sdp.includes(essenceOf(each)));
  }

  #found(candidate: RTCIceCandidate): void {
    this.#waiting = [...this.#waiting, candidate].slice(-WAITING_MAX);
    this.#sendSoon();
  }

  #sendSoon(): void {
    if (this.#waiting.length === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#send();
    }, TOGETHER_MS);
  }

  #send(): void {
    if (!this.#open || this.#rtc.isEnded()) return;
    const sdp = this.#connection.localDescription?.sdp ?? '';
    const ufrag = attribute(sdp, 'ice-ufrag');
    // Candidates of an offer before this one are of no use to anybody.
    const told = this.#waiting.filter(({ usernameFragment }) => (usernameFragment ?? ufrag) === ufrag);
    this.#waiting = [];
    if (told.length === 0) return;
    this.#rtc.sendRequest('INFO', {
      extraHeaders: [
        'Info-Package: trickle-ice',
        'Content-Type: application/trickle-ice-sdpfrag',
        'Content-Disposition: Info-Package',
      ],
      body: fragment(ufrag, attribute(sdp, 'ice-pwd'), told),
      eventHandlers: {
        onSuccessResponse: () => undefined,
        onErrorResponse: () => undefined,
        onDialogError: () => undefined,
        onRequestTimeout: () => undefined,
        // They go again with the next line.
        onTransportError: () => (this.#waiting = [...told, ...this.#waiting].slice(0, WAITING_MAX)),
      },
    });
  }
}

/** RFC 8840 section 9. There is one m-line: audio. */
function fragment(ufrag: string, password: string, candidates: readonly RTCIceCandidate[]): string {
  const lines = [
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${password}`,
    'm=audio 9 UDP/TLS/RTP/SAVPF 0',
    `a=mid:${candidates[0]?.sdpMid ?? '0'}`,
    ...candidates.map(({ candidate }) => `a=${candidate}`),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function attribute(sdp: string, name: string): string {
  return new RegExp(`^a=${name}:(\\S+)`, 'm').exec(sdp)?.[1] ?? '';
}

/** Names of the local network mean nothing to the server, and TCP candidates of browsers cannot be dialled. */
function isOfUse({ candidate }: RTCIceCandidate): boolean {
  return candidate !== '' && !/ tcptype active|\.local /i.test(candidate);
}

/** Foundation to type; after that, browsers write events and descriptions differently. */
function essenceOf({ candidate }: RTCIceCandidate): string {
  return candidate.split(' ').slice(0, 8).join(' ');
}
