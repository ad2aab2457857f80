/** The phone with its clock, on a line and a microphone that are played. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { liveCall } from '../../dev/fake/oneNumber.ts';
import { createStage, type Stage } from '../../dev/fake/scenes.ts';
import { watchLeaving } from './leaving.ts';

const BEN = { number: '102', name: 'Ben Okafor' };
const CLEO = { number: '103', name: 'Cleo Marchetti' };
const ACCOUNT = { sip_user: 'anna', realm: 'farend', websocket_path: '/sip', display_name: 'Anna' };

let stage: Stage;

beforeEach(async () => {
  vi.useFakeTimers();
  stage = createStage({}, { connect_ms: 0, ring_ms: 0, answer_ms: 0 });
  stage.phone.start(ACCOUNT, () => undefined);
  await vi.advanceTimersByTimeAsync(0);
});
afterEach(() => {
  stage.phone.stop();
  vi.useRealTimers();
});

const phases = () => stage.phone.state().calls.map((call) => call.phase);

it('rings no longer than the line is away for a moment', async () => {
  const { signalling, media } = stage;
  signalling.ring(BEN);
  expect(media.ringing).toBe('call');
  signalling.become({ state: 'away', retry_at: null });
  await vi.advanceTimersByTimeAsync(1_400);
  expect(media.ringing).toBe('call');
  await vi.advanceTimersByTimeAsync(100);
  expect(media.ringing).toBeNull();
  signalling.become({ state: 'ready' });
  expect(media.ringing).toBe('call');
  signalling.become({ state: 'away', retry_at: null });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(media.ringing).toBeNull();
  expect(phases()).toEqual(['ended']);
  expect(signalling.asked).toEqual(['refuse 480']);
});

it('goes on under another name as soon as no other call can be the one that the server tells of', async () => {
  const { phone, signalling } = stage;
  phone.answer(signalling.ring(BEN));
  await vi.advanceTimersByTimeAsync(100);
  phone.dispatch({ type: 'Called', call: 'nameless', party: CLEO, at: Date.now() });
  const names = () => phone.state().calls.map(({ journal_id }) => journal_id);
  phone.told([liveCall({ call: 'joined', state: 'conferring', device_ids: [1011] })], 1011);
  expect(names()).toEqual(['journal-102', null]);
  phone.dispatch({ type: 'Journalled', call: 'nameless', journal_id: 'journal-103' });
  expect(names()).toEqual(['joined', 'journal-103']);
});

describe('leaving the page', () => {
  let unwatch: () => void;
  beforeEach(() => (unwatch = watchLeaving(stage.phone)));
  afterEach(() => unwatch());

  /** Whether the browser asks the person. */
  function ask(): boolean {
    return !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
  }
  function leave(persisted = false): void {
    window.dispatchEvent(Object.assign(new Event('pagehide'), { persisted }));
  }

  it('is no question without a call', async () => {
    expect(ask()).toBe(false);
    stage.phone.dial(BEN);
    await vi.advanceTimersByTimeAsync(0);
    stage.phone.hangUp(stage.phone.state().calls[0]?.id ?? '');
    expect(phases()).toEqual(['ended']);
    expect(ask()).toBe(false);
  });

  it('is a question during a call, and hangs up', async () => {
    stage.phone.dial(BEN);
    await vi.advanceTimersByTimeAsync(0);
    expect(phases()).toEqual(['running']);
    expect(ask()).toBe(true);
    leave();
    expect(stage.signalling.asked).toEqual(['invite 102', 'hang up']);
  });

  it('hangs up nothing when the browser keeps the page', async () => {
    stage.phone.dial(BEN);
    await vi.advanceTimersByTimeAsync(0);
    leave(true);
    expect(stage.signalling.asked).toEqual(['invite 102']);
  });

  it('leaves a call that is just being answered to the other phones', () => {
    stage.media.hesitates = true;
    stage.phone.answer(stage.signalling.ring(BEN));
    leave();
    expect(stage.signalling.asked).toEqual(['refuse 480']);
  });

  it('leaves a call that rings to the other phones', () => {
    stage.signalling.ring(BEN);
    expect(ask()).toBe(false);
    leave();
    expect(stage.signalling.asked).toEqual([]);
  });
});

describe('a call whose network fails', () => {
  beforeEach(async () => {
    stage.phone.dial(BEN);
    await vi.advanceTimersByTimeAsync(3_000);
    stage.signalling.asked.length = 0;
  });
  const call = () => {
    const [found] = stage.phone.state().calls;
    if (found?.phase !== 'running') throw new Error('there is no running call');
    return found;
  };

  it('says how its sound travels, and how long that takes', () => {
    expect(call().way).toEqual({ by: 'udp', port: 8802, delay_ms: 15 + 31 });
  });

  it('is brought back within a second of silence, and says so meanwhile', async () => {
    stage.signalling.network.sounds = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(stage.signalling.asked).toEqual(['probe', 'renew', 'probe']);
    expect(call().media).toBe('interrupted');
    stage.signalling.network.sounds = true;
    await vi.advanceTimersByTimeAsync(200);
    expect(call().media).toBe('flowing');
    expect(await stage.phone.diagnostics()).toMatchObject([{ restarts: 1 }]);
  });

  it('does not take the counters of its new connection for sound', async () => {
    stage.signalling.network.sounds = false;
    await vi.advanceTimersByTimeAsync(1_400);
    expect(stage.signalling.network.restarts).toBe(2);
    expect(call().media).toBe('interrupted');
    stage.signalling.network.sounds = true;
    await vi.advanceTimersByTimeAsync(400);
    expect(call().media).toBe('flowing');
  });

  it('is left alone on hold, and once it is over', async () => {
    stage.phone.toggleHold(call().id);
    await vi.advanceTimersByTimeAsync(100);
    stage.signalling.network.sounds = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(stage.signalling.asked).toEqual(['hold']);
    stage.phone.hangUp(call().id);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(stage.signalling.asked).toEqual(['hold', 'hang up']);
  });

  it('follows the computer to another network', async () => {
    window.dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(200);
    expect(stage.signalling.asked).toEqual(['restart', 'probe']);
  });

  it('waits for the line, then for a minute', async () => {
    stage.signalling.become({ state: 'away', retry_at: null });
    stage.signalling.network.sounds = false;
    await vi.advanceTimersByTimeAsync(59_000);
    expect(stage.signalling.asked).toEqual(['probe']);
    expect(call().media).toBe('interrupted');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(stage.phone.state().calls).toMatchObject([
      { phase: 'ended', reason: { because: 'connection_lost' } },
    ]);
    expect(stage.signalling.asked).toEqual(['probe', 'hang up']);
  });
});
