import { beforeEach, expect, it, vi } from 'vitest';
import { FakeAudio } from '../../dev/fake/audio.ts';
import { Player, type Track } from './player.ts';

const A: Track = {
  url: '/a',
  heard: {
    id: 'a',
    call_id: 'c',
    own: { user_id: 101, name: 'Anna', number: '101' },
    other: { user_id: 102, name: null, number: '102' },
    started_at: '2026-11-26T10:00:00Z',
    duration_ms: 90_000,
  },
};
const B: Track = { url: '/b', heard: null };

let audio: FakeAudio;
let player: Player;
beforeEach(() => {
  audio = new FakeAudio();
  player = new Player(audio);
});

it('plays, pauses where it is, and goes on from there', () => {
  player.play(A);
  expect(player.state()).toMatchObject({ track: A, is: 'playing', at_s: 0, length_s: 60 });
  audio.pass(12);
  player.toggle();
  expect(player.state()).toMatchObject({ is: 'paused', at_s: 12 });
  player.toggle();
  audio.pass(3);
  expect(player.state()).toMatchObject({ is: 'playing', at_s: 15 });
});

it('plays one sound at a time, each from its beginning', () => {
  player.play(A);
  audio.pass(20);
  player.play(B);
  expect(audio.src).toBe('/b');
  expect(player.state()).toMatchObject({ track: B, is: 'playing', at_s: 0 });
});

it('seeks within the sound, and not beyond it', () => {
  player.play(A);
  player.seek(-4);
  expect(player.state().at_s).toBe(0);
  player.seek(1_000);
  expect(player.state().at_s).toBe(60);
  expect(audio.currentTime).toBe(60);
});

it('begins again after its end', () => {
  player.play(A);
  audio.pass(60);
  expect(player.state()).toMatchObject({ is: 'paused', at_s: 60 });
  player.seek(0);
  player.toggle();
  expect(player.state()).toMatchObject({ is: 'playing', at_s: 0 });
});

it('keeps its speed for the next sound', () => {
  player.play(A);
  player.setSpeed(1.5);
  player.play(B);
  expect(audio.playbackRate).toBe(1.5);
  expect(player.state().speed).toBe(1.5);
});

it('says that a sound cannot be had, and tries again', async () => {
  audio.broken.add('/a');
  player.play(A);
  await vi.waitFor(() => expect(player.state().is).toBe('failed'));
  player.seek(5);
  player.pause();
  expect(player.state()).toMatchObject({ is: 'failed', at_s: 0 });
  audio.broken.clear();
  player.toggle();
  expect(player.state().is).toBe('playing');
});

it('does not take a pause before the sound has come for a failure', async () => {
  const refused = Promise.reject(new DOMException('paused', 'AbortError'));
  vi.spyOn(audio, 'play').mockReturnValue(refused);
  player.play(A);
  player.pause();
  await refused.catch(() => undefined);
  expect(player.state().is).toBe('paused');
});

it('does not blame the next sound for the one before', async () => {
  const play = vi.spyOn(audio, 'play').mockReturnValueOnce(Promise.reject(new Error('late')));
  player.play(A);
  play.mockRestore();
  player.play(B);
  await Promise.resolve();
  expect(player.state()).toMatchObject({ track: B, is: 'playing' });
});

it('stops, and plays nothing until it is asked to', () => {
  player.play(A);
  player.stop();
  player.toggle();
  audio.pass(5);
  expect(player.state()).toMatchObject({ track: null, is: 'paused', at_s: 0 });
  expect(audio.paused).toBe(true);
});
