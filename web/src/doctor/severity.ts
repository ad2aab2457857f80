/** Severities in the order in which they count, and the colours that go with them. */
import type { Severity, Soundness } from '../api/doctor.ts';

export const SEVERITIES = ['problem', 'warning', 'note'] as const satisfies readonly Severity[];

export function toneOf(severity: Severity): 'bad' | 'wait' | 'accent' {
  switch (severity) {
    case 'problem':
      return 'bad';
    case 'warning':
      return 'wait';
    case 'note':
      return 'accent';
  }
}

export function toneOfSound(verdict: Soundness): 'good' | 'wait' | 'bad' | 'quiet' {
  switch (verdict) {
    case 'good':
      return 'good';
    case 'fair':
      return 'wait';
    case 'poor':
      return 'bad';
    case 'unknown':
      return 'quiet';
  }
}

/** From which mean opinion score on a direction is good, and from which on fair; as the journal has it. */
const MOS_GOOD_MIN = 4;
const MOS_FAIR_MIN = 3.6;

export function soundOf(mos: number | null): Soundness {
  if (mos === null) return 'unknown';
  if (mos >= MOS_GOOD_MIN) return 'good';
  return mos >= MOS_FAIR_MIN ? 'fair' : 'poor';
}
