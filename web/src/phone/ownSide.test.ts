import { describe, expect, it } from 'vitest';
import { beginObserving, isSame, observe, sourceOf, type Look, type Observed } from './ownSide.ts';

const live = { is_muted: false, has_ended: false, is_enabled: true };

/** Looks five times a second, for so long; `energy` and `packets` grow where they are to. */
function watch(
  before: Observed,
  for_ms: number,
  look: Partial<Look> = {},
  grows: { energy?: boolean; packets?: boolean } = {},
): Observed {
  let state = before;
  const from = Math.max(state.sound_at, state.heard_at);
  for (let at = from + 200; at <= from + for_ms; at += 200) {
    state = observe(state, {
      at,
      track: live,
      source: {
        energy: state.energy + (grows.energy === false ? 0 : 0.001),
        duration_s: state.duration_s + 0.2,
      },
      packets: state.packets + (grows.packets === false ? 0 : 10),
      is_muted_in_app: false,
      is_held: false,
      is_output_lost: false,
      ...look,
    });
  }
  return state;
}

describe('what the browser tells of its own side', () => {
  const talking = watch(beginObserving(0), 2_000);

  it('is fine while there is sound both ways', () => {
    expect(talking.side).toEqual({
      is_muted_in_app: false,
      is_held: false,
      microphone: 'works',
      is_output_lost: false,
      is_deaf: false,
    });
  });

  it('names a microphone that the system mutes, or that has gone, at once', () => {
    expect(watch(talking, 200, { track: { ...live, is_muted: true } }).side.microphone).toBe(
      'muted_by_system',
    );
    expect(watch(talking, 200, { track: { ...live, has_ended: true } }).side.microphone).toBe('ended');
  });

  it('names digital silence after two seconds, and not while it is meant', () => {
    expect(watch(talking, 1_800, {}, { energy: false }).side.microphone).toBe('works');
    expect(watch(talking, 2_200, {}, { energy: false }).side.microphone).toBe('zero');
    for (const meant of [
      { is_muted_in_app: true },
      { is_held: true },
      { track: { ...live, is_enabled: false } },
    ]) {
      expect(watch(talking, 10_000, meant, { energy: false }).side.microphone).toBe('works');
    }
  });

  it('knows nothing of a source that gives no samples, or no figures', () => {
    const asleep = watch(talking, 10_000, {
      source: { energy: talking.energy, duration_s: talking.duration_s },
    });
    expect(asleep.side.microphone).toBe('works');
    expect(watch(talking, 10_000, { source: null }).side.microphone).toBe('unknown');
  });

  it('is deaf once nothing has come for a second and a half, but not on hold', () => {
    expect(watch(talking, 1_400, {}, { packets: false }).side.is_deaf).toBe(false);
    const deaf = watch(talking, 1_600, {}, { packets: false });
    expect(deaf.side.is_deaf).toBe(true);
    expect(watch(talking, 10_000, { is_held: true }, { packets: false }).side.is_deaf).toBe(false);
    expect(isSame(deaf.side, talking.side)).toBe(false);
    expect(isSame(talking.side, { ...talking.side })).toBe(true);
  });

  it('reads the microphone out of the statistics', () => {
    const source = { type: 'media-source', kind: 'audio', totalAudioEnergy: 0.5, totalSamplesDuration: 3 };
    expect(sourceOf(new Map([['a', source]]))).toEqual({ energy: 0.5, duration_s: 3 });
    expect(sourceOf(new Map([['a', { type: 'media-source', kind: 'audio' }]]))).toBeNull();
    expect(sourceOf(new Map())).toBeNull();
  });
});
