/** The real JsSIP, against a server that is played. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PlayedConnection, sdp, SipServer } from '../../dev/fake/sip.ts';
import type { SignallingListener } from './signalling.ts';
import { SipSignalling } from './sip.ts';

/** Its track is the connection's own. */
const microphone = {
  getTracks: () => [],
  getAudioTracks: () => [],
  getVideoTracks: () => [],
} as unknown as MediaStream;
const CLEO = 'P-Asserted-Identity: "Cleo Marchetti" <sip:103@farend>';

let started: SipSignalling | null = null;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', SipServer);
  vi.stubGlobal('RTCPeerConnection', PlayedConnection);
  vi.stubGlobal('RTCSessionDescription', Object);
});
afterEach(() => {
  started?.stop();
  vi.useRealTimers();
});

/** Everything that only waits for other code, nothing that waits for time. */
const settle = () => vi.advanceTimersByTimeAsync(0);

/** Keeps what the listener is told, as short words. */
function listen() {
  const told: string[] = [];
  const calls: string[] = [];
  const listener: SignallingListener = {
    line: () => undefined,
    signedOut: () => undefined,
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
  return { told, calls, listener };
}

async function connect() {
  const { told, calls, listener } = listen();
  const phone = new SipSignalling('https://pbx.example.com:8802');
  started = phone;
  const account = { sip_user: 'anna', realm: 'farend', websocket_path: '/sip', display_name: 'Anna' };
  phone.start(account, listener);
  const server = SipServer.last;
  if (server === null) throw new Error('the app opened no WebSocket');
  server.open();
  await settle();
  const register = server.take('REGISTER');
  server.reply(register, '200 OK', [`Contact: ${register.headers.get('contact')};expires=300`]);
  return { phone, server, told, calls };
}

/** A call to 102 that was answered. */
async function talk() {
  const { phone, server, told } = await connect();
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
  return { phone, server, told, connection };
}

it('tells under which id the server keeps a call of ours', async () => {
  const { phone, server, told } = await connect();
  phone.invite('a', '102', microphone);
  await settle();
  const invite = server.take('INVITE');
  expect(invite.headers.has('session-expires')).toBe(false);
  server.reply(invite, '180 Ringing', ['X-Farend-Call: c-7']);
  server.reply(invite, '200 OK', ['X-Farend-Call: c-7'], sdp('sendrecv'));
  await settle();
  expect(told).toEqual(['journalled c-7', 'ringing', 'journalled c-7', 'answered']);
});

it('tells under which id the server keeps a call to us', async () => {
  const { server, told } = await connect();
  server.ring(['X-Farend-Call: c-8'], sdp('sendrecv'));
  await settle();
  expect(told).toEqual(['called by 102 Ben Okafor', 'journalled c-8']);
});

it('answers, and says that it understands UPDATE', async () => {
  const { phone, server, told, calls } = await connect();
  server.ring([], sdp('sendrecv'));
  await settle();
  phone.accept(calls[0] ?? '', microphone);
  await settle();
  const answer = server.acknowledge();
  expect(answer.headers.get('allow')?.split(',')).toContain('UPDATE');
  server.request('UPDATE', [CLEO]);
  await settle();
  server.take('SIP/2.0 200');
  expect(told).toEqual(['called by 102 Ben Okafor', 'answered', 'now 103 Cleo Marchetti']);
});

it('holds and resumes', async () => {
  const { phone, server, told, connection } = await talk();
  phone.hold('a');
  await settle();
  const hold = server.take('UPDATE');
  expect(hold.body).toContain('a=sendonly');
  expect(connection.microphone.enabled).toBe(false);
  server.reply(hold, '200 OK', [], sdp('recvonly'));
  await settle();
  phone.resume('a');
  await settle();
  const resume = server.take('UPDATE');
  expect(resume.body).toContain('a=sendrecv');
  expect(connection.microphone.enabled).toBe(false);
  server.reply(resume, '200 OK', [], sdp('sendrecv'));
  await settle();
  expect(connection.microphone.enabled).toBe(true);
  expect(told).toEqual(['held', 'talking']);
});

it('stays silent after a hold that ends while muted', async () => {
  const { phone, server, connection } = await talk();
  phone.hold('a');
  await settle();
  server.reply(server.take('UPDATE'), '200 OK', [], sdp('recvonly'));
  await settle();
  phone.setMuted('a', true);
  phone.resume('a');
  await settle();
  server.reply(server.take('UPDATE'), '200 OK', [], sdp('sendrecv'));
  await settle();
  expect(connection.microphone.enabled).toBe(false);
  phone.setMuted('a', false);
  expect(connection.microphone.enabled).toBe(true);
});

it('tries again after glare, under a new number', async () => {
  const { phone, server, told, connection } = await talk();
  phone.hold('a');
  await settle();
  const first = server.take('UPDATE');
  server.reply(first, '491 Request Pending');
  await settle();
  expect(connection.signalingState).toBe('stable');
  await vi.advanceTimersByTimeAsync(4_000);
  const second = server.take('UPDATE');
  expect(second.headers.get('cseq')).not.toBe(first.headers.get('cseq'));
  server.reply(second, '200 OK', [], sdp('recvonly'));
  await settle();
  expect(told).toEqual(['held']);
});

it('lets the far end hold first when both hold at once', async () => {
  const { phone, server, told, connection } = await talk();
  phone.hold('a');
  await settle();
  const ours = server.take('UPDATE');
  server.request('INVITE', [], sdp('sendonly'));
  await settle();
  server.take('SIP/2.0 491');
  expect(connection.signalingState).toBe('have-local-offer');
  server.reply(ours, '491 Request Pending');
  await settle();
  server.request('INVITE', [], sdp('sendonly'));
  await settle();
  expect(server.take('SIP/2.0 200').headers.get('cseq')).toMatch(/INVITE$/);
  server.request('ACK');
  await vi.advanceTimersByTimeAsync(4_000);
  server.reply(server.take('UPDATE'), '200 OK', [], sdp('recvonly'));
  await settle();
  expect(told).toEqual(['far end holds', 'held']);
});

it('goes on with the call when a hold is refused', async () => {
  const { phone, server, told, connection } = await talk();
  phone.hold('a');
  await settle();
  server.reply(server.take('UPDATE'), '488 Not Acceptable Here');
  await settle();
  expect(told).toEqual(['hold refused']);
  expect(connection.microphone.enabled).toBe(true);
  expect(connection.signalingState).toBe('stable');
  expect(connection.transceiver.direction).toBe('sendrecv');
});

it('goes on with the call when every try meets glare', async () => {
  const { phone, server, told } = await talk();
  phone.hold('a');
  for (let tries = 0; tries < 4; tries += 1) {
    await settle();
    server.reply(server.take('UPDATE'), '491 Request Pending');
    await vi.advanceTimersByTimeAsync(4_000);
  }
  expect(told).toEqual(['hold refused']);
});

it('goes on with the call when the line breaks during a hold', async () => {
  const { phone, server, told } = await talk();
  phone.hold('a');
  await settle();
  server.take('UPDATE');
  server.drop();
  await vi.advanceTimersByTimeAsync(1_000);
  const back = SipServer.last;
  expect(back).not.toBe(server);
  back?.open();
  await vi.advanceTimersByTimeAsync(4_000);
  const again = back?.take('UPDATE');
  if (again !== undefined) back?.reply(again, '200 OK', [], sdp('recvonly'));
  await settle();
  expect(told).toEqual(['held']);
});

it('ends the call that the server does not know any more', async () => {
  const { phone, server, told } = await talk();
  phone.hold('a');
  await settle();
  server.reply(server.take('UPDATE'), '481 Call Does Not Exist');
  await settle();
  expect(told).toEqual(['ended connection_lost']);
});

it('tells who talks after a transfer at the far end', async () => {
  const { server, told } = await talk();
  server.request('UPDATE', [CLEO]);
  await settle();
  server.take('SIP/2.0 200');
  server.request('INVITE', ['P-Asserted-Identity: <sip:104@farend>'], sdp('sendrecv'));
  await settle();
  server.take('SIP/2.0 200');
  expect(told).toEqual(['now 103 Cleo Marchetti', 'now 104 null']);
});

it('hears news of the other side while its own offer is open', async () => {
  const { phone, server, told } = await talk();
  phone.hold('a');
  await settle();
  server.request('UPDATE', [CLEO]);
  await settle();
  server.take('SIP/2.0 200');
  expect(told).toEqual(['now 103 Cleo Marchetti']);
});

it.each(['nonsense', '<sip:farend>', '"Cleo" <tel:+49891234>', '<sip:%zz@farend>'])(
  'makes nothing of the identity %s',
  async (identity) => {
    const { server, told } = await talk();
    server.request('UPDATE', [`P-Asserted-Identity: ${identity}`]);
    await settle();
    server.take('SIP/2.0 200');
    expect(told).toEqual([]);
  },
);
