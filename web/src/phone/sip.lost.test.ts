/** The line and the network fail during calls: the real JsSIP, against a server that is played. */
import { expect, it, vi } from 'vitest';
import { PlayedConnection, sdp, SipServer, type Message } from '../../dev/fake/sip.ts';
import type { Outcome } from './hold.ts';
import { IceServers } from './iceServers.ts';
import { admit, connect, microphone, next, playSip, settle, talk } from './sip.testing.ts';
import type { SipSignalling } from './sip.ts';

playSip();

const UFRAG = /a=ice-ufrag:(\S+)/;
const ufragOf = ({ body }: Message) => UFRAG.exec(body)?.[1];

/** Asks for a restart, and tells its outcome once there is one. */
async function restart(phone: SipSignalling, fresh = true) {
  const asked: { outcome: Outcome | null } = { outcome: null };
  void phone.restartIce('a', fresh).then((outcome) => (asked.outcome = outcome));
  // No candidate is found in the play.
  await vi.advanceTimersByTimeAsync(80);
  return asked;
}

/** The server is heard, so that it answers probes. */
function answerProbe(server: SipServer) {
  server.onmessage({ data: '\r\n' });
}

it('offers a restart of ICE under new credentials, and takes the answer', async () => {
  const { phone, server, told, connection } = await talk();
  const asked = await restart(phone);
  const offer = server.take('UPDATE');
  expect(ufragOf(offer)).toBe('here1');
  expect(offer.body).toContain('useinbandfec=1');
  server.reply(offer, '200 OK', [], sdp('sendrecv'));
  await settle();
  expect(asked.outcome).toEqual({ is: 'agreed' });
  expect(connection.signalingState).toBe('stable');
  expect(told).toEqual([]);
});

it('does not wait for addresses longer than 80 ms', async () => {
  const { phone, server, connection } = await talk();
  void phone.restartIce('a', true);
  await vi.advanceTimersByTimeAsync(79);
  expect(server.heard).toEqual([]);
  connection.find('candidate:1 1 udp 2113937151 192.0.2.7 5000 typ host');
  await settle();
  server.take('UPDATE');
});

it('sends an offer that nobody answered once more, over the next line', async () => {
  const { phone, server, told } = await talk();
  await vi.advanceTimersByTimeAsync(2_000);
  const asked = await restart(phone);
  const first = server.take('UPDATE');
  server.drop();
  await settle();
  expect(asked.outcome).toEqual({ is: 'not_now', wait_ms: null });
  const back = next(server);
  back.open();
  await settle();
  const repeated = await restart(phone, false);
  back.take('REGISTER');
  const second = back.take('UPDATE');
  expect(ufragOf(second)).toBe(ufragOf(first));
  expect(second.headers.get('cseq')).not.toBe(first.headers.get('cseq'));
  expect(second.headers.get('call-id')).toBe(first.headers.get('call-id'));
  back.reply(second, '200 OK', [], sdp('sendrecv'));
  await settle();
  expect(repeated.outcome).toEqual({ is: 'agreed' });
  expect(told).toEqual([]);
});

it('makes an offer anew when the network has moved since', async () => {
  const { phone, server } = await talk();
  await restart(phone);
  const first = server.take('UPDATE');
  server.reply(first, '491 Request Pending');
  await settle();
  await restart(phone);
  expect(ufragOf(server.take('UPDATE'))).toBe('here2');
});

it('rolls a refused offer back', async () => {
  const { phone, server, connection } = await talk();
  const asked = await restart(phone);
  server.reply(server.take('UPDATE'), '488 Not Acceptable Here');
  await settle();
  expect(asked.outcome).toEqual({ is: 'refused' });
  expect(connection.signalingState).toBe('stable');
});

it("makes room for the server's own offer", async () => {
  const { phone, server, connection } = await talk();
  await restart(phone);
  const ours = server.take('UPDATE');
  server.request('INVITE', [], sdp('sendrecv'));
  await settle();
  server.take('SIP/2.0 491');
  server.reply(ours, '491 Request Pending');
  await settle();
  server.request('INVITE', [], sdp('sendrecv'));
  await settle();
  server.take('SIP/2.0 200');
  server.request('ACK');
  await restart(phone, false);
  server.reply(server.take('UPDATE'), '200 OK', [], sdp('sendrecv'));
  await settle();
  expect(connection.signalingState).toBe('stable');
});

it('does not restart while a hold is under way, and lets a hold wait for a restart', async () => {
  const { phone, server, told } = await talk();
  phone.hold('a');
  await settle();
  expect((await restart(phone)).outcome).toEqual({ is: 'not_now', wait_ms: null });
  server.reply(server.take('UPDATE'), '200 OK', [], sdp('recvonly'));
  await settle();
  await restart(phone);
  phone.resume('a');
  await vi.advanceTimersByTimeAsync(500);
  const offers = server.heard.filter(({ first }) => first.startsWith('UPDATE'));
  expect(offers).toHaveLength(1);
  server.reply(server.take('UPDATE'), '200 OK', [], sdp('recvonly'));
  await vi.advanceTimersByTimeAsync(100);
  server.reply(server.take('UPDATE'), '200 OK', [], sdp('sendrecv'));
  await settle();
  expect(told).toEqual(['held', 'talking']);
});

it('ends the call that the server does not know any more', async () => {
  const { phone, server, told } = await talk();
  await restart(phone);
  server.reply(server.take('UPDATE'), '481 Call Does Not Exist');
  await settle();
  expect(told).toEqual(['ended connection_lost']);
});

it('cannot restart without a line', async () => {
  const { phone, server } = await talk();
  server.drop();
  expect((await restart(phone)).outcome).toEqual({ is: 'not_now', wait_ms: null });
});

it('replaces a line that an offer found dead within 600 ms, and registers there first', async () => {
  const { phone, server, lines } = await talk();
  await vi.advanceTimersByTimeAsync(2_000);
  answerProbe(server);
  const asked = await restart(phone);
  phone.probeLine();
  await vi.advanceTimersByTimeAsync(600);
  expect(asked.outcome).toEqual({ is: 'not_now', wait_ms: null });
  const back = next(server);
  back.open();
  await settle();
  admit(back);
  expect(lines).toEqual(['connecting', 'ready', 'trying again', 'ready']);
});

it('has nothing under way any more when it gives up its line', async () => {
  const { phone, server } = await talk();
  await vi.advanceTimersByTimeAsync(2_000);
  const asked = await restart(phone);
  phone.replaceLine();
  await settle();
  expect(asked.outcome).toEqual({ is: 'not_now', wait_ms: null });
  const back = next(server);
  back.open();
  await settle();
  back.request('INVITE', [], '');
  await restart(phone, false);
  back.take('UPDATE');
});

const HOST = 'candidate:1 1 udp 2113937151 192.0.2.7 5000 typ host';
const REFLEXIVE = 'candidate:2 1 udp 1677729535 198.51.100.7 5000 typ srflx raddr 192.0.2.7 rport 5000';
const MORE = ' generation 0 ufrag here0 network-id 1';

it('trickles what is found after the offer, once', async () => {
  const { server, connection } = await talk();
  connection.find(HOST + MORE);
  connection.find(REFLEXIVE + MORE);
  connection.find(null);
  await vi.advanceTimersByTimeAsync(20);
  const info = server.take('INFO');
  expect(info.headers.get('info-package')).toBe('trickle-ice');
  expect(info.headers.get('content-type')).toBe('application/trickle-ice-sdpfrag');
  expect(info.body.split('\r\n')).toEqual([
    'a=ice-ufrag:here0',
    'a=ice-pwd:secret',
    'm=audio 9 UDP/TLS/RTP/SAVPF 0',
    'a=mid:0',
    `a=${HOST}${MORE}`,
    `a=${REFLEXIVE}${MORE}`,
    '',
  ]);
  server.reply(info, '200 OK');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(server.heard).toEqual([]);
});

it('does not trickle what nobody can use', async () => {
  const { server, connection } = await talk();
  connection.find('candidate:3 1 udp 2113937151 4f2e-11.local 5000 typ host');
  connection.find('candidate:4 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active');
  connection.find('');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(server.heard).toEqual([]);
});

it('trickles the candidates of a restart under its own credentials, and none of before', async () => {
  const { phone, server, connection } = await talk();
  void phone.restartIce('a', true);
  await settle();
  connection.find(HOST);
  await settle();
  connection.find(REFLEXIVE);
  server.take('UPDATE');
  await vi.advanceTimersByTimeAsync(20);
  const info = server.take('INFO');
  expect(ufragOf(info)).toBe('here1');
  expect(info.body).not.toContain(HOST);
  expect(info.body).toContain(REFLEXIVE);
});

it('trickles over the next line what the last one lost', async () => {
  const { server, connection } = await talk();
  connection.find(REFLEXIVE);
  await vi.advanceTimersByTimeAsync(20);
  server.take('INFO');
  server.drop();
  await vi.advanceTimersByTimeAsync(500);
  const back = next(server);
  back.open();
  await vi.advanceTimersByTimeAsync(20);
  expect(back.take('INFO').body).toContain(REFLEXIVE);
});

it('sends the first offer with what it has after 80 ms', async () => {
  const { phone, server } = await connect();
  phone.invite('a', '102', microphone);
  await settle();
  const connection = PlayedConnection.last;
  expect(connection?.signalingState).toBe('have-local-offer');
  server.take('INVITE');
});

it('takes the relay of the day for a call, and a newer one for its restart', async () => {
  let day = 0;
  const servers = new IceServers('https://pbx.example.com:8802', () => {
    day += 1;
    return Promise.resolve({ username: `day ${day}`, credential: 'c', lifetime_s: 120, expires_at: '' });
  });
  const { phone, connection } = await talk(servers);
  const user = () => connection.configuration.iceServers?.[0]?.username;
  expect(user()).toBe('day 1');
  await vi.advanceTimersByTimeAsync(60_000);
  await restart(phone);
  expect(user()).toBe('day 2');
  expect(connection.configuration.bundlePolicy).toBe('max-bundle');
});

/** A call to 102 whose line breaks before it is answered. */
async function dialOverTwoLines(heard: '180 Ringing' | null) {
  const { phone, server, told } = await connect();
  phone.invite('a', '102', microphone);
  await settle();
  const invite = server.take('INVITE');
  if (heard !== null) server.reply(invite, heard);
  await vi.advanceTimersByTimeAsync(2_000);
  server.drop();
  await settle();
  const back = next(server);
  back.open();
  await settle();
  admit(back);
  return { phone, back, invite, told };
}

it('goes on ringing at the far end when the line breaks', async () => {
  const { back, invite, told } = await dialOverTwoLines('180 Ringing');
  expect(back.heard).toEqual([]);
  back.reply(invite, '180 Ringing');
  await vi.advanceTimersByTimeAsync(20_000);
  back.reply(invite, '200 OK', [], sdp('sendrecv'));
  await settle();
  back.take('ACK');
  expect(told).toEqual(['ringing', 'ringing', 'answered']);
});

it('says its INVITE again, the same one, when nothing was heard of it', async () => {
  const { back, invite, told } = await dialOverTwoLines(null);
  const again = back.take('INVITE');
  expect(again.headers.get('via')).toBe(invite.headers.get('via'));
  expect(again.headers.get('cseq')).toBe(invite.headers.get('cseq'));
  back.reply(again, '200 OK', [], sdp('sendrecv'));
  await settle();
  expect(told).toEqual(['answered']);
});

it('does not wait for ever for a server that has forgotten the call', async () => {
  const { told } = await dialOverTwoLines('180 Ringing');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toEqual(['ringing', 'ended connection_lost']);
});

it('acknowledges an answer that comes again because the line broke', async () => {
  const { phone, server, told } = await connect();
  phone.invite('a', '102', microphone);
  await settle();
  const invite = server.take('INVITE');
  server.reply(invite, '200 OK', [], sdp('sendrecv'));
  await settle();
  server.drop();
  await vi.advanceTimersByTimeAsync(500);
  const back = next(server);
  back.open();
  await settle();
  back.take('REGISTER');
  back.reply(invite, '200 OK', [], sdp('sendrecv'));
  await settle();
  back.take('ACK');
  expect(told).toEqual(['answered']);
});

it('hangs up over the next line when there is none', async () => {
  const { phone, server } = await talk();
  await vi.advanceTimersByTimeAsync(2_000);
  server.drop();
  phone.hangUp('a');
  await settle();
  const back = next(server);
  back.open();
  await settle();
  back.take('REGISTER');
  back.take('BYE');
});
