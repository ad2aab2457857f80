import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  PlayedAudio,
  PlayedAudioContext,
  PlayedDevices,
  PlayedSender,
  PlayedTrack,
} from '../../../dev/fake/browser.ts';
import { BrowserMedia } from './browser.ts';

let devices: PlayedDevices;

beforeEach(() => {
  vi.useFakeTimers();
  devices = new PlayedDevices();
  PlayedTrack.all = [];
  PlayedAudio.all = [];
  PlayedAudio.refusal = null;
  PlayedAudioContext.all = [];
  PlayedAudioContext.allowed = true;
  vi.stubGlobal('Audio', PlayedAudio);
  vi.stubGlobal('AudioContext', PlayedAudioContext);
  Object.defineProperty(navigator, 'mediaDevices', { value: devices, configurable: true });
});
afterEach(() => {
  vi.useRealTimers();
  Reflect.deleteProperty(navigator, 'mediaDevices');
});

/** Everything that only waits for other code, nothing that waits for time. */
const settle = () => vi.advanceTimersByTimeAsync(0);

async function start(): Promise<BrowserMedia> {
  const media = new BrowserMedia(localStorage);
  media.start();
  await settle();
  return media;
}

/** What became of a promise. */
function follow<T>(promise: Promise<T>): { became: T | Error | null } {
  const followed: { became: T | Error | null } = { became: null };
  promise.then(
    (value) => (followed.became = value),
    (error: unknown) => (followed.became = error as Error),
  );
  return followed;
}

const live = () => PlayedTrack.all.filter((track) => track.readyState === 'live');
const sounding = () => PlayedAudio.all.filter((audio) => audio.playing || audio.srcObject !== null);

it('touches nothing of the browser’s sound until it is started, and nothing after it was stopped', async () => {
  const enumerate = vi.spyOn(devices, 'enumerateDevices');
  const media = new BrowserMedia(localStorage);
  await settle();
  document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  expect(PlayedAudioContext.all).toEqual([]);
  expect(enumerate).not.toHaveBeenCalled();
  PlayedAudioContext.allowed = false;
  media.start();
  await settle();
  expect(PlayedAudioContext.all).toHaveLength(1);
  expect(media.state().sound).toBe('blocked');
  media.stop();
  await settle();
  expect(PlayedAudioContext.all.map(({ state }) => state)).toEqual(['closed']);
  expect(media.state().sound).toBe('ready');
  enumerate.mockClear();
  devices.plug(['m3']);
  document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  await settle();
  expect(enumerate).not.toHaveBeenCalled();
  expect(PlayedAudioContext.all).toHaveLength(1);
});

describe('ringing', () => {
  it('leaves nothing that plays when it stops', async () => {
    const media = await start();
    media.ring('call');
    expect(sounding()).toHaveLength(1);
    media.ring(null);
    await vi.advanceTimersByTimeAsync(300);
    expect(sounding()).toEqual([]);
  });

  it('goes over from one melody to the next', async () => {
    const media = await start();
    media.ring('far_end');
    media.ring('waiting');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sounding()).toEqual([PlayedAudio.all[1]]);
  });

  it('leaves nothing of a test sound either', async () => {
    const media = await start();
    media.playTestTone('ringer');
    media.playTestTone('ringer');
    expect(sounding()).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(sounding()).toEqual([]);
  });
});

describe('a page that may make no sound', () => {
  const gesture = () => window.dispatchEvent(new Event('pointerdown'));

  it('knows that before anything rings, until it is touched', async () => {
    PlayedAudioContext.allowed = false;
    const media = await start();
    expect(media.state().sound).toBe('blocked');
    PlayedAudioContext.all[0]?.allow();
    gesture();
    await settle();
    expect(media.state().sound).toBe('ready');
  });

  it('rings as soon as it is touched', async () => {
    PlayedAudioContext.allowed = false;
    PlayedAudio.refusal = 'NotAllowedError';
    const media = await start();
    media.ring('call');
    await settle();
    PlayedAudio.refusal = null;
    PlayedAudioContext.all[0]?.allow();
    gesture();
    await settle();
    expect(PlayedAudio.all[0]?.playing).toBe(true);
    expect(media.state().sound).toBe('ready');
  });

  it('is none where the browser lets it', async () => {
    const media = await start();
    expect(media.state().sound).toBe('ready');
    expect(PlayedAudioContext.all.map(({ state }) => state)).toEqual(['closed']);
  });

  it('is none because something stopped before it was heard', async () => {
    const media = await start();
    PlayedAudio.refusal = 'AbortError';
    media.ring('call');
    media.ring(null);
    await settle();
    expect(media.state().sound).toBe('ready');
  });
});

describe('the microphone', () => {
  it('closes when the call ends while the browser asks', async () => {
    const media = await start();
    const asked = follow(media.openMicrophone('a'));
    await settle();
    media.release('a');
    devices.give();
    await settle();
    expect(asked.became).toBeInstanceOf(Error);
    expect(live()).toEqual([]);
  });

  it('is asked for once by two calls, and belongs to the last one', async () => {
    const media = await start();
    const [first, second] = [follow(media.openMicrophone('a')), follow(media.openMicrophone('b'))];
    await settle();
    devices.give();
    await settle();
    expect(devices.questions).toBe(1);
    expect(first.became).not.toBe(second.became);
    expect(live()).toHaveLength(3);
    media.release('a');
    expect(live()).toHaveLength(2);
    media.release('b');
    expect(live()).toEqual([]);
  });

  it('goes to the second call when the first one ends while the browser asks', async () => {
    const media = await start();
    const first = follow(media.openMicrophone('a'));
    await settle();
    const second = follow(media.openMicrophone('b'));
    media.release('a');
    devices.give();
    await settle();
    expect(first.became).toBeInstanceOf(Error);
    expect(second.became).not.toBeInstanceOf(Error);
    expect(devices.questions).toBe(1);
    media.release('b');
    expect(live()).toEqual([]);
  });

  it('is asked for again after a refusal', async () => {
    const media = await start();
    const first = follow(media.openMicrophone('a'));
    await settle();
    devices.asked.shift()?.refuse('NotFoundError');
    await settle();
    expect(first.became).toMatchObject({ problem: 'missing' });
    media.release('a');
    const second = follow(media.openMicrophone('b'));
    await settle();
    devices.give();
    await settle();
    expect(second.became).not.toBeInstanceOf(Error);
  });

  it('is not opened twice when devices change while the browser asks', async () => {
    const media = await start();
    void media.openMicrophone('a');
    await settle();
    media.choose('microphone', 'm2');
    devices.plug(['m1', 'm2', 'm3']);
    await settle();
    expect(devices.questions).toBe(1);
    devices.give('m1');
    await settle();
    devices.give('m2');
    await settle();
    expect(devices.questions).toBe(2);
    media.release('a');
    expect(live()).toEqual([]);
  });
});

describe('another microphone during calls', () => {
  /** Calls that talk into `m1`. */
  async function talk<C extends string>(...calls: C[]) {
    const media = await start();
    const senders = {} as Record<C, PlayedSender>;
    for (const call of calls) {
      const opening = media.openMicrophone(call);
      await settle();
      if (devices.asked.length > 0) devices.give('m1');
      const [track] = (await opening).getAudioTracks() as unknown as PlayedTrack[];
      senders[call] = new PlayedSender(track ?? null);
      media.followConnection(call, senders[call] as unknown as RTCPeerConnection);
    }
    return { media, senders };
  }
  /** Its next microphone takes over when the returned function is called. */
  function slowly(sender: PlayedSender): () => void {
    let replaced: () => void = () => undefined;
    const replacing = new Promise<void>((resolve) => (replaced = resolve));
    sender.replacing = () => replacing;
    return () => replaced();
  }
  const device = (sender: PlayedSender) => sender.track?.getSettings().deviceId;

  it('reaches every call, and closes the one before', async () => {
    const { media, senders } = await talk('a', 'b');
    media.choose('microphone', 'm2');
    await settle();
    devices.give('m2');
    await settle();
    expect([device(senders.a), device(senders.b)]).toEqual(['m2', 'm2']);
    expect(live().map((track) => track.getSettings().deviceId)).toEqual(['m2', 'm2', 'm2']);
  });

  it('takes over when the one before is unplugged', async () => {
    const { senders } = await talk('a');
    PlayedTrack.all[0]?.unplug();
    await settle();
    devices.give('m2');
    await settle();
    expect(device(senders.a)).toBe('m2');
  });

  it('is closed when the call ends while the browser asks', async () => {
    const { media } = await talk('a');
    media.choose('microphone', 'm2');
    await settle();
    media.release('a');
    devices.give('m2');
    await settle();
    expect(live()).toEqual([]);
  });

  it('is closed when the call ends while it takes over', async () => {
    const { media, senders } = await talk('a');
    const replaced = slowly(senders.a);
    media.choose('microphone', 'm2');
    await settle();
    devices.give('m2');
    await settle();
    media.release('a');
    replaced();
    await settle();
    expect(live()).toEqual([]);
  });

  it('reaches the other calls when one connection is closed', async () => {
    const { media, senders } = await talk('a', 'b');
    senders.a.replacing = () => Promise.reject(new DOMException('closed', 'InvalidStateError'));
    media.choose('microphone', 'm2');
    await settle();
    devices.give('m2');
    await settle();
    expect(device(senders.b)).toBe('m2');
    media.release('a');
    media.release('b');
    expect(live()).toEqual([]);
  });

  it('stays muted, also when that happens while it takes over', async () => {
    const { media, senders } = await talk('a');
    const replaced = slowly(senders.a);
    media.choose('microphone', 'm2');
    await settle();
    devices.give('m2');
    await settle();
    if (senders.a.track !== null) senders.a.track.enabled = false;
    replaced();
    await settle();
    expect(device(senders.a)).toBe('m2');
    expect(senders.a.track?.enabled).toBe(false);
  });

  it('waits for no call that is over', async () => {
    const { media } = await talk('a');
    media.release('a');
    media.followConnection('a', new PlayedSender(null) as unknown as RTCPeerConnection);
    media.playRemote('a', {} as MediaStream);
    devices.plug(['m2']);
    await settle();
    expect(devices.questions).toBe(1);
    expect(sounding()).toEqual([]);
  });
});
