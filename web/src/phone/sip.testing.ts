/** What tests of the line share: the real JsSIP, against a server that is played. */
import { afterEach, beforeEach, vi } from 'vitest';
import { PlayedConnection, sdp, SipServer } from '../../dev/fake/sip.ts';
import { IceServers } from './iceServers.ts';
import type { SignallingListener } from './signalling.ts';
import { SipSignalling } from './sip.ts';

/** Its track is the connection's own. */
export const microphone = {
  getTracks: () => [],
  getAudioTracks: () => [],
  getVideoTracks: () => [],
} as unknown as MediaStream;
export const CLEO = 'P-Asserted-Identity: "Cleo Marchetti" <sip:103@farend>';

let started: SipSignalling | null = null;

/** Every test file calls it once. */
export function playSip(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('WebSocket', SipServer);
    vi.stubGlobal('RTCPeerConnection', PlayedConnection);
    vi.stubGlobal('RTCSessionDescription', Object);
  });
  afterEach(() => {
    started?.stop();
    started = null;
    vi.useRealTimers();
  });
}

/** Everything that only waits for other code, nothing that waits for time. */
export const settle = () => vi.advanceTimersByTimeAsync(0);

/** Keeps what the listener is told, as short words. */
export function listen() {
  const told: string[] = [];
  const calls: string[] = [];
  const lines: string[] = [];
  const listener: SignallingListener = {
    linked: () => undefined,
    line: (line) => lines.push(line.state === 'away' && line.retry_at === null ? 'trying again' : line.state),
    signedOut: () => lines.push('signed out'),
    called: (call, { number, name }) => {
      calls.push(call);
      told.push(`called by ${number} ${name}`);
    },
    journalled: (_call, journal_id) => told.push(`journalled ${journal_id}`),
    farEndRinging: () => told.push('ringing'),
    answered: () => told.push('answered'),
    held: (_call, held) => told.push(held ? 'held' : 'talking'),
    holdRefused: () => told.push('hold refused'),
    farEndHolding: (_call, holding) => told.push(holding ? 'far end holds' : 'far end talks'),
    partyChanged: (_call, { number, name }) => told.push(`now ${number} ${name}`),
    transferAgreed: () => undefined,
    transferRefused: () => undefined,
    ended: (_call, reason) => told.push(`ended ${reason.because}`),
    remoteStream: () => undefined,
    connection: () => undefined,
  };
  return { told, calls, lines, listener };
}

/** None: nobody answers. */
const noServers = () => new IceServers('https://pbx.example.com:8802', () => new Promise(() => undefined));

/** The line after the app's first REGISTER, which waits for its answer. */
export async function dialIn(iceServers = noServers()) {
  const { told, calls, lines, listener } = listen();
  const phone = new SipSignalling('https://pbx.example.com:8802', iceServers);
  started = phone;
  const account = { sip_user: 'anna', realm: 'farend', websocket_path: '/sip', display_name: 'Anna' };
  phone.start(account, listener);
  const server = SipServer.last;
  if (server === null) throw new Error('the app opened no WebSocket');
  server.open();
  await settle();
  return { phone, server, told, calls, lines };
}

export function admit(server: SipServer) {
  const register = server.take('REGISTER');
  server.reply(register, '200 OK', [`Contact: ${register.headers.get('contact')};expires=300`]);
}

export async function connect(iceServers = noServers()) {
  const connected = await dialIn(iceServers);
  admit(connected.server);
  return connected;
}

/** The connection after the one that was lost. */
export function next(before: SipServer): SipServer {
  const server = SipServer.last;
  if (server === null || server === before) throw new Error('the app opened no further WebSocket');
  return server;
}

/** A call to 102 that was answered. */
export async function talk(iceServers = noServers()) {
  const { phone, server, told, lines } = await connect(iceServers);
  phone.invite('a', '102', microphone);
  await settle();
  const invite = server.take('INVITE');
  server.reply(invite, '180 Ringing', ['X-Farend-Call: c-7']);
  server.reply(invite, '200 OK', ['X-Farend-Call: c-7'], sdp('sendrecv'));
  await settle();
  server.take('ACK');
  const connection = PlayedConnection.last;
  if (connection === null) throw new Error('the app opened no connection');
  told.length = 0;
  return { phone, server, told, lines, connection };
}
