import type { Call, PhoneState } from '../calls.ts';

export function replace(state: PhoneState, next: Call): PhoneState {
  return { ...state, calls: state.calls.map((call) => (call.id === next.id ? next : call)) };
}

export function withoutEnded(state: PhoneState): PhoneState {
  return { ...state, calls: state.calls.filter((call) => call.phase !== 'ended') };
}
