import type { ReachStep } from '../api/types.ts';

/** A step of the simulator in the person's words. */
export function useStepWords(): (step: ReachStep) => string {
  return ({ text }) => text;
}
