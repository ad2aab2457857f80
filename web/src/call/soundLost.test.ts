import { describe, expect, it } from 'vitest';
import type { SoundLoss } from '../phone/calls.ts';
import { lossOf } from './SoundLost.tsx';

const loss = (whose: SoundLoss['whose'], stage: SoundLoss['stage']): SoundLoss => ({
  whose,
  stage,
  microphone: null,
});

describe('what is said of sound that is lost', () => {
  it('is what somebody can do something about first', () => {
    const lost = { from_me: loss('me', 'microphone'), to_me: loss('them', 'network_in') };
    expect(lossOf({ lost, hold: 'talking' })?.direction).toBe('from_me');
    const theirs = { from_me: loss('them', 'output'), to_me: loss('me', 'network_out') };
    expect(lossOf({ lost: theirs, hold: 'talking' })?.direction).toBe('to_me');
  });

  it('is one sentence where one network loses both directions', () => {
    const mine = { from_me: loss('me', 'network_in'), to_me: loss('me', 'network_out') };
    expect(lossOf({ lost: mine, hold: 'talking' })).toEqual({ direction: 'both', loss: mine.to_me });
    const theirs = { from_me: loss('them', 'network_out'), to_me: loss('them', 'network_in') };
    expect(lossOf({ lost: theirs, hold: 'talking' })).toEqual({ direction: 'both', loss: theirs.from_me });
  });

  it('is two faults where each network loses one', () => {
    const lost = { from_me: loss('them', 'network_out'), to_me: loss('me', 'network_out') };
    expect(lossOf({ lost, hold: 'talking' })?.direction).toBe('to_me');
  });

  it('is nothing while somebody holds', () => {
    const lost = { from_me: null, to_me: loss('me', 'output') };
    expect(lossOf({ lost, hold: 'held' })).toBeNull();
  });
});
