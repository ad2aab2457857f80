/** The phone with its clock, on a line and a microphone that are played. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createStage, type Stage } from '../../dev/fake/scenes.ts';

const BEN = { number: '102', name: 'Ben Okafor' };
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
