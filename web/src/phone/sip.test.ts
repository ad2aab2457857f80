/** The real JsSIP, against a server that is played. */
import { expect, it, vi } from 'vitest';
import { sdp, SipServer } from '../../dev/fake/sip.ts';
import { admit, CLEO, connect, dialIn, microphone, next, playSip, settle, talk } from './sip.testing.ts';

playSip();

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

it('tells that the call has become a conference, which has no number', async () => {
  const { server, told } = await talk();
  server.request('UPDATE', ['P-Asserted-Identity: "Conference" <sip:farend>']);
  await settle();
  server.take('SIP/2.0 200');
  expect(told).toEqual(['now  Conference']);
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

const ELSEWHERE = 'Reason: SIP;cause=403;text="signed in elsewhere"';

it('says that the server is away until the phone is registered again', async () => {
  const { server, lines } = await connect();
  server.drop();
  await vi.advanceTimersByTimeAsync(500);
  const second = next(server);
  second.drop();
  await vi.advanceTimersByTimeAsync(1_000);
  const third = next(second);
  third.open();
  await settle();
  expect(lines).toEqual(['connecting', 'ready', 'away', 'trying again', 'away', 'trying again']);
  admit(third);
  expect(lines.at(-1)).toBe('ready');
});

it('knows that it is used elsewhere, and comes back when it is wanted here', async () => {
  const { phone, server, lines } = await dialIn();
  server.reply(server.take('REGISTER'), '403 Forbidden', [ELSEWHERE]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lines).toEqual(['connecting', 'displaced']);
  expect(server.heard).toEqual([]);
  phone.reconnect();
  const back = next(server);
  back.open();
  await settle();
  admit(back);
  expect(lines).toEqual(['connecting', 'displaced', 'connecting', 'ready']);
});

it('knows that the number has gone to the desk phone, and does not ask again', async () => {
  const { server, lines } = await dialIn();
  const reason = 'Reason: SIP;cause=403;text="your number is at your desk phone"';
  server.reply(server.take('REGISTER'), '403 Forbidden', [reason]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lines).toEqual(['connecting', 'at_desk_phone']);
  expect(server.heard).toEqual([]);
});

it('tells from a refused call that it is used elsewhere', async () => {
  const { phone, server, lines, told } = await connect();
  phone.invite('a', '102', microphone);
  await settle();
  server.reply(server.take('INVITE'), '403 Forbidden', [ELSEWHERE]);
  await settle();
  expect(told).toEqual(['ended displaced']);
  expect(lines.at(-1)).toBe('displaced');
});

it('asks a busy server again when the server wants it', async () => {
  const { server, lines } = await dialIn();
  server.reply(server.take('REGISTER'), '503 Service Unavailable', ['Retry-After: 30']);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(lines).toEqual(['connecting', 'busy']);
  expect(server.heard).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  admit(server);
  expect(lines.at(-1)).toBe('ready');
});

it('asks again after another refusal', async () => {
  const { server, lines } = await dialIn();
  server.reply(server.take('REGISTER'), '403 Forbidden');
  await vi.advanceTimersByTimeAsync(10_000);
  admit(server);
  expect(lines).toEqual(['connecting', 'refused', 'ready']);
});

it('has lost its session when the server asks for a password', async () => {
  const { server, lines } = await dialIn();
  server.reply(server.take('REGISTER'), '401 Unauthorized', [
    'WWW-Authenticate: Digest realm="farend", nonce="n"',
  ]);
  expect(lines).toEqual(['connecting', 'signed out']);
});

it('connects anew when nobody answers its registration', async () => {
  const { server } = await dialIn();
  server.take('REGISTER');
  await vi.advanceTimersByTimeAsync(33_000);
  const again = next(server);
  again.open();
  await settle();
  again.take('REGISTER');
});

it('says nothing of the line once it has stopped', async () => {
  const { phone, server, lines } = await connect();
  const before = [...lines];
  phone.stop();
  server.take('REGISTER');
  server.close();
  server.onclose({ code: 4002, reason: 'session ended' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lines).toEqual(before);
  expect(SipServer.last).toBe(server);
});

/** A call to us, and the line that came back after it broke while that rang. */
async function ringOverTwoLines() {
  const { phone, server, told, calls } = await connect();
  server.ring([], sdp('sendrecv'));
  await settle();
  server.drop();
  await vi.advanceTimersByTimeAsync(500);
  const back = next(server);
  back.open();
  await settle();
  admit(back);
  return { phone, server, back, told, call: calls[0] ?? '' };
}

it('answers a call that rang before the line broke', async () => {
  const { phone, back, told, call } = await ringOverTwoLines();
  phone.accept(call, microphone);
  await settle();
  expect(back.take('SIP/2.0 200').headers.get('call-id')).toBe('from-the-server');
  expect(told).toEqual(['called by 102 Ben Okafor', 'answered']);
});

it('hears that the caller gave up after the line broke', async () => {
  const { server, back, told } = await ringOverTwoLines();
  server.cancel(back);
  await settle();
  expect(told).toEqual(['called by 102 Ben Okafor', 'ended missed']);
});
