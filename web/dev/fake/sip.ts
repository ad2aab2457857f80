/**
 * The far end of the SIP WebSocket and of the browser's media, played for tests of the real JsSIP: a server that says what
 * the test tells it to, and a connection that keeps to the rules of offer and answer.
 */

/** A SIP message, taken apart. */
export interface Message {
  /** `INVITE sip:102@farend SIP/2.0` or `SIP/2.0 200 OK`. */
  first: string;
  headers: ReadonlyMap<string, string>;
  body: string;
}

export function parse(text: string): Message {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { first, headers, body };
}

/** The WebSocket of `PersistentSocket`, with the server at its other end. */
export class SipServer {
  static readonly OPEN = 1;
  static last: SipServer | null = null;
  readyState = 0;
  /** What the app sent and nobody took yet. */
  readonly heard: Message[] = [];
  onopen: () => void = () => undefined;
  onmessage: (message: { data: string }) => void = () => undefined;
  onclose: (event: { code: number; reason: string }) => void = () => undefined;
  #cseq = 500;
  /** The dialog's identifying headers as our requests carry them. */
  #dialog: string[] = [];
  #target = '';

  constructor() {
    SipServer.last = this;
  }

  send(text: string): void {
    if (text.trim() !== '') this.heard.push(parse(text));
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen();
  }

  drop(): void {
    this.readyState = 3;
    this.onclose({ code: 1006, reason: '' });
  }

  /** The oldest message that begins so; everything before it is of no interest. */
  take(first: string): Message {
    const at = this.heard.findIndex((message) => message.first.startsWith(first));
    const [found] = this.heard.splice(0, at + 1).slice(-1);
    if (at < 0 || found === undefined) {
      const heard = this.heard.map((message) => message.first).join(', ');
      throw new Error(`the app has not sent ${first}, but: ${heard}`);
    }
    return found;
  }

  /** Ben calls the phone that registered. */
  ring(extra: readonly string[], body: string): void {
    this.#dialog = [
      'From: "Ben Okafor" <sip:102@farend>;tag=server',
      'To: <sip:anna@farend>',
      'Call-ID: from-the-server',
      'Max-Forwards: 70',
    ];
    this.request('INVITE', extra, body);
  }

  /** The caller gives up what `ring` began; `over`: the connection that the phone has now. */
  cancel(over: SipServer): void {
    over.#cseq = this.#cseq - 1;
    over.#dialog = this.#dialog;
    over.#target = this.#target;
    over.request('CANCEL');
  }

  /** Takes the app's 200 to our INVITE. */
  acknowledge(): Message {
    const answer = this.take('SIP/2.0 200');
    this.#dialog = [
      `From: ${answer.headers.get('from')}`,
      `To: ${answer.headers.get('to')}`,
      `Call-ID: ${answer.headers.get('call-id')}`,
    ];
    this.request('ACK');
    return answer;
  }

  /** Answers a request of the app. What it says of itself identifies our requests to it. */
  reply(request: Message, status: string, extra: readonly string[] = [], body = ''): void {
    const header = (name: string) => request.headers.get(name) ?? '';
    const to = header('to').includes('tag=') ? header('to') : `${header('to')};tag=server`;
    this.#dialog = [`From: ${to}`, `To: ${header('from')}`, `Call-ID: ${header('call-id')}`];
    this.#target = header('contact').replace(/^<|>.*$/g, '');
    this.#say(
      `SIP/2.0 ${status}`,
      [
        `Via: ${header('via')}`,
        `From: ${header('from')}`,
        `To: ${to}`,
        `Call-ID: ${header('call-id')}`,
        `CSeq: ${header('cseq')}`,
        'Contact: <sip:pbx.example.com;transport=ws>',
        ...extra,
      ],
      body,
    );
  }

  /** Sends a request inside the dialog that the last reply was in. */
  request(method: string, extra: readonly string[] = [], body = ''): void {
    this.#cseq += 1;
    this.#say(
      `${method} ${this.#target} SIP/2.0`,
      [
        `Via: SIP/2.0/WSS pbx.example.com;branch=z9hG4bK${this.#cseq}`,
        ...this.#dialog,
        `CSeq: ${this.#cseq} ${method}`,
        'Contact: <sip:pbx.example.com;transport=ws>',
        ...extra,
      ],
      body,
    );
  }

  #say(first: string, headers: readonly string[], body: string): void {
    const type = body === '' ? [] : ['Content-Type: application/sdp'];
    const lines = [first, ...headers, ...type, `Content-Length: ${body.length}`, '', body];
    this.onmessage({ data: lines.join('\r\n') });
  }
}

type Direction = 'sendrecv' | 'sendonly' | 'recvonly';

export function sdp(direction: Direction, ufrag = 'there'): string {
  return (
    'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n' +
    `c=IN IP4 0.0.0.0\r\na=ice-ufrag:${ufrag}\r\na=ice-pwd:secret\r\na=rtpmap:111 opus/48000/2\r\na=${direction}\r\n`
  );
}

interface Description {
  type: 'offer' | 'answer' | 'rollback';
  sdp?: string;
}

/** An `RTCPeerConnection` without media. Descriptions that do not fit its state are refused as in a browser. */
export class PlayedConnection extends EventTarget {
  static last: PlayedConnection | null = null;
  signalingState = 'stable';
  readonly iceConnectionState = 'connected';
  iceGatheringState = 'complete';
  localDescription: Description | null = null;
  configuration: RTCConfiguration;
  readonly microphone = { kind: 'audio', enabled: true };
  readonly transceiver = { direction: 'sendrecv' as Direction, receiver: { track: { kind: 'audio' } } };
  #restarts = 0;

  constructor(configuration: RTCConfiguration) {
    super();
    this.configuration = configuration;
    PlayedConnection.last = this;
  }

  addTrack(): void {
    // The microphone is there from the beginning.
  }
  getSenders(): unknown[] {
    return [{ track: this.microphone }];
  }
  getTransceivers(): unknown[] {
    return [this.transceiver];
  }
  close(): void {
    this.signalingState = 'closed';
  }
  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }
  createOffer(options: RTCOfferOptions | null = null): Promise<Description> {
    if (options?.iceRestart === true) this.#restarts += 1;
    return Promise.resolve({ type: 'offer', sdp: sdp(this.transceiver.direction, this.ufrag) });
  }
  createAnswer(): Promise<Description> {
    return Promise.resolve({ type: 'answer', sdp: sdp(this.transceiver.direction, this.ufrag) });
  }
  get ufrag(): string {
    return `here${this.#restarts}`;
  }

  /** The browser finds an address of its own; `null` when it has found all. */
  find(candidate: string | null): void {
    if (this.localDescription !== null && candidate !== null) {
      const { type, sdp: before = '' } = this.localDescription;
      this.localDescription = { type, sdp: `${before}a=${candidate}\r\n` };
    }
    const found = candidate === null ? null : { candidate, sdpMid: '0', usernameFragment: this.ufrag };
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate: found }));
  }

  async setLocalDescription(description?: Description): Promise<void> {
    const local = description ?? (await this.createOffer());
    switch (local.type) {
      case 'offer':
        if (this.signalingState !== 'have-local-offer') this.#expect('stable');
        this.#become('have-local-offer');
        this.localDescription = local;
        return;
      case 'rollback':
        this.#expect('have-local-offer');
        this.#become('stable');
        return;
      case 'answer':
        this.#expect('have-remote-offer');
        this.#become('stable');
        this.localDescription = local;
    }
  }

  setRemoteDescription({ type }: Description): Promise<void> {
    // A browser rolls its own offer back for theirs.
    if (type === 'offer') this.signalingState = 'have-remote-offer';
    else if (this.signalingState !== 'have-local-offer') return Promise.reject(this.#wrong());
    else this.signalingState = 'stable';
    return Promise.resolve();
  }

  #become(state: string): void {
    this.signalingState = state;
    this.dispatchEvent(new Event('signalingstatechange'));
  }

  #expect(state: string): void {
    if (this.signalingState !== state) throw this.#wrong();
  }

  #wrong(): DOMException {
    return new DOMException(`not in ${this.signalingState}`, 'InvalidStateError');
  }
}
