import { expect, it, vi } from 'vitest';
import { createCheckApi, type EchoSeen } from '../api/check.ts';
import { Refused, ServerAway } from '../api/client.ts';
import { abilitiesOf, describe as describeBrowser } from './browser.ts';
import { refusalOf } from './checkRun.ts';
import { forgetToken, placeOf } from './guest.ts';
import { lamp, telephonyReports, type HidCollection } from './headset.ts';
import { openWebSocket } from './page.ts';
import { count } from './sound.ts';
import {
  echoOf,
  figuresOf,
  REFLEXIVE_MAX_MS,
  REFLEXIVE_MORE_MS,
  seenFromOutside,
  serversOf,
} from './ways.ts';

const ORIGIN = 'https://pbx.example.com:8802';
const TOKEN = '5f3c9a0b7d2e4168a1b2c3d4e5f60718';

it('takes the token out of the address at once, and knows it again when the page is loaded again', () => {
  const replaceState = vi.fn();
  const history = { replaceState };
  const brought = placeOf({ pathname: '/check', hash: `#${TOKEN}` }, history, sessionStorage);
  expect(brought).toEqual({ is: 'guest', token: TOKEN });
  expect(replaceState).toHaveBeenCalledWith(null, '', '/check');
  expect(JSON.stringify(replaceState.mock.calls)).not.toContain(TOKEN);
  const again = placeOf({ pathname: '/check', hash: '' }, history, sessionStorage);
  expect(again).toEqual({ is: 'guest', token: TOKEN });
  forgetToken(sessionStorage);
  expect(placeOf({ pathname: '/check', hash: '' }, history, sessionStorage)).toEqual({ is: 'app' });
  expect(replaceState).toHaveBeenLastCalledWith(null, '', '/#/check');
});

it('takes no other address for one of a guest', () => {
  const history = { replaceState: vi.fn() };
  for (const address of [
    { pathname: '/', hash: `#${TOKEN}` },
    { pathname: '/', hash: '#/check' },
    { pathname: '/check', hash: '#/people' },
  ]) {
    expect(placeOf(address, history, sessionStorage)).toEqual({ is: 'app' });
  }
});

it('sends the token to nothing but the check, and no cookie with it', async () => {
  const asked: Request[] = [];
  const fetch = (request: Request) => {
    asked.push(request);
    return Promise.resolve(new Response('{}', { status: 200 }));
  };
  const api = createCheckApi(fetch, ORIGIN, TOKEN);
  const { signal } = new AbortController();
  await api.about();
  await api.beginEcho('udp', 'v=0');
  await api.echoSeen('7');
  await api.endEcho('7');
  await api.download(10, signal);
  await api.upload(new Uint8Array(4), signal);
  await api.report({ took_ms: 1 } as Parameters<typeof api.report>[0], 'de');
  expect(asked).toHaveLength(7);
  for (const { url, headers, credentials } of asked) {
    expect(url.startsWith(`${ORIGIN}/api/v1/check`)).toBe(true);
    expect(url).not.toContain(TOKEN);
    expect(headers.get('Farend-Check')).toBe(TOKEN);
    expect(credentials).toBe('omit');
  }
  expect(api.webSocket()).toEqual({ url: 'wss://pbx.example.com:8802/api/v1/check/ws', protocols: [TOKEN] });
});

it('shows no token where somebody is signed in', async () => {
  const fetch = vi.fn((_request: Request) => Promise.resolve(new Response('{}')));
  const api = createCheckApi(fetch, ORIGIN, null);
  await api.about();
  expect(fetch.mock.calls[0]?.[0].headers.has('Farend-Check')).toBe(false);
  expect(api.webSocket().protocols).toEqual([]);
});

it('tells a link that is over from a server that is away or busy', () => {
  const refused = (status: number) => new Refused(new Response(null, { status }), {});
  expect(refusalOf(refused(401))).toBe('expired');
  expect(refusalOf(refused(429))).toBe('busy');
  expect(refusalOf(refused(500))).toBe('failed');
  expect(refusalOf(new ServerAway(null))).toBe('away');
});

it('calls a WebSocket reached when a word has come back, and not before', async () => {
  class PlayedSocket extends EventTarget {
    readonly sent: string[] = [];
    send(word: string): void {
      this.sent.push(word);
      this.dispatchEvent(new Event('message'));
    }
    readonly close = vi.fn();
  }
  const socket = new PlayedSocket();
  const api = createCheckApi(() => Promise.reject(new Error('not asked')), ORIGIN, TOKEN);
  const reached = openWebSocket(api, () => socket as unknown as WebSocket);
  socket.dispatchEvent(new Event('open'));
  expect(await reached).toMatchObject({ is_reached: true, error: null });
  expect(socket.close).toHaveBeenCalled();
  const refused = new PlayedSocket();
  const result = openWebSocket(api, () => refused as unknown as WebSocket);
  refused.dispatchEvent(Object.assign(new Event('close'), { code: 1006 }));
  expect(await result).toMatchObject({ is_reached: false, error: 'closed with 1006' });
});

const SEEN: EchoSeen = {
  packets: 0,
  lost: 0,
  jitter_ms: 0,
  is_tone_heard: true,
  is_connected: true,
  tone_ms: 4_000,
  way: 'udp',
};

it('makes an echo of what both sides have counted, and none where something is missing', () => {
  const report = [
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.0234 },
    { type: 'candidate-pair', nominated: false, currentRoundTripTime: 9 },
    { type: 'inbound-rtp', jitter: 0.004, packetsReceived: 99, packetsLost: 1 },
    { type: 'remote-inbound-rtp', fractionLost: 0.5, roundTripTime: 8 },
  ];
  const figures = figuresOf(report);
  const seen = { ...SEEN, packets: 95, lost: 5, jitter_ms: 1 };
  expect(echoOf(figures, seen, true, 4_000)).toEqual({
    is_heard: true,
    lasted_ms: 4_000,
    round_trip_ms: 23.4,
    jitter_ms: 4,
    loss_there_percent: 5,
    loss_back_percent: 1,
  });
  // Without the server's count, its RTCP tells; without either, nobody does.
  expect(echoOf(figures, null, true, 1)?.loss_there_percent).toBe(50);
  expect(echoOf({ ...figures, lost_there: null }, null, true, 1)).toBeNull();
  expect(echoOf({ ...figures, round_trip_s: null }, seen, true, 1)).toBeNull();
});

it('asks public servers on the way by UDP as a call does, and never the server whose sound it waits for', () => {
  const relay = { urls: ['turns:pbx.example.com:8802?transport=tcp'], username: 'a', credential: 'b' };
  const stun = ['stun:pbx.example.com:8802', 'stun:PBX.example.com:8803', 'stun:stun.example.com:3478'];
  const about = { stun, ice: [relay] };
  expect(serversOf('udp', about, 'pbx.example.com')).toEqual([{ urls: ['stun:stun.example.com:3478'] }]);
  expect(serversOf('udp', { ...about, stun: stun.slice(0, 2) }, 'pbx.example.com')).toEqual([]);
  expect(serversOf('tcp', about, 'pbx.example.com')).toEqual([]);
  expect(serversOf('tls', about, 'pbx.example.com')).toEqual([relay]);
  const byAddress = { ...about, stun: ['stun:[2001:db8::1]:8802', 'stun:[2001:db8::2]:3478'] };
  expect(serversOf('udp', byAddress, '[2001:db8::1]')).toEqual([{ urls: ['stun:[2001:db8::2]:3478'] }]);
});

it('offers what the servers have seen, a moment after the first has answered, and waits for no dead one', async () => {
  vi.useFakeTimers();
  const waits = () => {
    const connection = new EventTarget();
    const state = { isOver: false };
    void seenFromOutside(connection as RTCPeerConnection).then(() => (state.isOver = true));
    const bring = (type: string | null) =>
      connection.dispatchEvent(
        Object.assign(new Event('icecandidate'), { candidate: type === null ? null : { type } }),
      );
    return { state, bring };
  };
  const seen = waits();
  seen.bring('host');
  await vi.advanceTimersByTimeAsync(REFLEXIVE_MORE_MS);
  expect(seen.state.isOver).toBe(false);
  seen.bring('srflx');
  await vi.advanceTimersByTimeAsync(REFLEXIVE_MORE_MS);
  expect(seen.state.isOver).toBe(true);
  const complete = waits();
  complete.bring(null);
  await vi.advanceTimersByTimeAsync(0);
  expect(complete.state.isOver).toBe(true);
  const dead = waits();
  await vi.advanceTimersByTimeAsync(REFLEXIVE_MAX_MS);
  expect(dead.state.isOver).toBe(true);
  vi.useRealTimers();
});

it('says that everything is lost where nothing has arrived', () => {
  const figures = { round_trip_s: 0.1, jitter_s: null, received: 0, lost: 0, lost_there: null };
  const seen = { ...SEEN, is_tone_heard: false };
  expect(echoOf(figures, seen, false, 4_000)).toMatchObject({
    loss_there_percent: 100,
    loss_back_percent: 100,
  });
});

it('knows browsers by their own name', () => {
  const agent = (rest: string) => `Mozilla/5.0 (X11; Linux x86_64) ${rest}`;
  const named = {
    'Chromium 130': 'AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.0.0 Safari/537.36',
    'Edge 128': 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36 Edg/128.0.1.2',
    'Firefox 131': 'Gecko/20100101 Firefox/131.0',
    'Safari 17.5': 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
    '': 'Something/1',
  };
  for (const [name, rest] of Object.entries(named)) {
    expect(describeBrowser(agent(rest))).toEqual({ name, system: 'Linux' });
  }
});

it('says what an old browser lacks, and blames no browser for a page without https', () => {
  const surroundings = (some: object, isSecureContext: boolean) =>
    ({ navigator: { userAgent: '' }, isSecureContext, ...some }) as Parameters<typeof abilitiesOf>[0];
  const bare = abilitiesOf(surroundings({}, true));
  expect(bare.browser.missing).toEqual(['RTCPeerConnection', 'WebSocket', 'AudioContext', 'getUserMedia']);
  expect(bare).toMatchObject({ peerConnection: false, microphone: false, recorder: false, hid: false });
  const has = { RTCPeerConnection: 1, WebSocket: 1, AudioContext: 1 };
  expect(abilitiesOf(surroundings(has, false)).browser).toMatchObject({ missing: [], is_insecure: true });
});

it('counts every device once', () => {
  const device = (deviceId: string, kind = 'audioinput') => ({ deviceId, kind }) as MediaDeviceInfo;
  const list = ['default', 'communications', 'a', 'b'].map((id) => device(id));
  expect(count([...list, device('c', 'audiooutput')], 'audioinput')).toBe(2);
  // Before the microphone may be used, there is one without a name for all of them.
  expect(count([device('')], 'audioinput')).toBe(1);
  expect(count([], 'audioinput')).toBe(0);
});

it('finds the keys and the lamp in what a headset says of itself', () => {
  const headset: HidCollection[] = [
    {
      usagePage: 0x0c,
      inputReports: [{ reportId: 1, items: [{ usages: [0x000c_00e9], reportSize: 1, reportCount: 1 }] }],
    },
    {
      usagePage: 0x0b,
      inputReports: [{ reportId: 2, items: [{ usages: [0x000b_0020], reportSize: 1, reportCount: 1 }] }],
      outputReports: [
        {
          reportId: 3,
          items: [
            { usages: [0x0008_0009], reportSize: 1, reportCount: 1 },
            {
              isRange: true,
              usageMinimum: 0x0008_0016,
              usageMaximum: 0x0008_0018,
              reportSize: 1,
              reportCount: 3,
            },
            { usages: [], reportSize: 1, reportCount: 12 },
          ],
        },
      ],
    },
  ];
  expect([...telephonyReports(headset)]).toEqual([2]);
  expect(lamp(headset, 0x0008_0017)).toEqual({ reportId: 3, bytes: 2, bit: 2 });
  expect(lamp(headset, 0x0008_0099)).toBeNull();
});
