/** What the line to the server means for calls that ring. */
import { ringingCalls, type Call, type Line, type PhoneState } from '../calls.ts';
import { end } from './ends.ts';
import type { Command, Step } from './events.ts';

/** A phone without its line goes on ringing for this long, in milliseconds: most lines come right back. */
export const RINGS_ALONE_MS = 1_500;
/** After this long without its line a ringing call is over, in milliseconds. */
export const RINGING_LOST_MS = 10_000;

export function changeLine(state: PhoneState, { line, at }: { line: Line; at: number }): Step {
  const there = line.state === 'ready';
  const lost = !there && ringingCalls(state).some((call) => call.line.is === 'there');
  const calls = state.calls.map((call): Call => {
    if (call.phase !== 'ringing' || there === (call.line.is === 'there')) return call;
    return { ...call, line: there ? { is: 'there' } : { is: 'lost', lost_at: at } };
  });
  const wake = (delay_ms: number): Command => ({ do: 'WakeLater', delay_ms });
  return { state: { line, calls }, commands: lost ? [wake(RINGS_ALONE_MS), wake(RINGING_LOST_MS)] : [] };
}

/** A call that rings without its line falls silent, then ends. */
export function ringOnOrNot(state: PhoneState, at: number): Step {
  const commands: Command[] = [];
  const calls = state.calls.map((call): Call => {
    if (call.phase !== 'ringing' || call.line.is === 'there') return call;
    const { lost_at } = call.line;
    if (at - lost_at >= RINGING_LOST_MS) {
      const lost = end(call, { because: 'connection_lost' }, at, [
        { do: 'Refuse', call: call.id, status: 480 },
      ]);
      commands.push(...lost.commands);
      return lost.call;
    }
    if (call.line.is === 'silent' || at - lost_at < RINGS_ALONE_MS) return call;
    return { ...call, line: { is: 'silent', lost_at } };
  });
  const changed = calls.some((call, index) => call !== state.calls[index]);
  return { state: changed ? { ...state, calls } : state, commands };
}
