/**
 * The audio check as a pure function: what is measured, said and pressed goes in, with the time; what must be done comes out.
 *
 *     loading ──► ready ──► running ── all measured, all asked ──► sending ──► done
 *        └► refused ◄┘          ▲                                  │  ▲         │
 *                               └───────── again ──────────────  unsent ◄───────┘
 *
 * Measuring and asking go on beside each other. Every wait has a deadline in `deadline`, so that the page comes to an end in the worst
 * network; what was not measured by then is absent from the result.
 */
import type {
  Bandwidth,
  Check,
  CheckAbout,
  CheckVerdict,
  Gathering,
  Reached,
  WayTest,
} from '../api/check.ts';
import {
  beginRun,
  isMeasured,
  SENDING_MAX_MS,
  WAYS,
  type Abilities,
  type Measurement,
  type Run,
  type WayEvent,
} from './state/run.ts';
import { beginSound, isSoundEvent, takeSound, type SoundCommand, type SoundEvent } from './state/sound.ts';
import { actOnWays, takeWay, waysDeadline, type WayCommand } from './state/ways.ts';

/** Why there is no check, or no result: the link is no longer good, no server, or it said no. */
export type Refusal = 'expired' | 'away' | 'busy' | 'failed';

export type CheckState =
  | { phase: 'loading' }
  | { phase: 'refused'; why: Refusal }
  | { phase: 'ready'; about: CheckAbout }
  | { phase: 'running'; run: Run }
  | { phase: 'sending'; run: Run; check: Check; until: number }
  /** The result is here and nobody has seen it. */
  | { phase: 'unsent'; run: Run; check: Check; why: Refusal }
  | { phase: 'done'; run: Run; check: Check; verdict: CheckVerdict };

export type CheckEvent =
  | { type: 'AboutCame'; about: CheckAbout }
  | { type: 'AboutRefused'; why: Refusal }
  | { type: 'LoadWanted' }
  | { type: 'Started'; abilities: Abilities; at: number }
  | {
      type: 'PageMeasured';
      page: Reached | null;
      clock_behind_ms: number | null;
      about: CheckAbout | null;
      at: number;
    }
  | { type: 'WebSocketMeasured'; websocket: Reached; at: number }
  | { type: 'Gathered'; gathering: Gathering | null; at: number }
  | { type: 'BandwidthMeasured'; bandwidth: Bandwidth | null; at: number }
  | ((WayEvent | SoundEvent) & { at: number })
  | { type: 'TimePassed'; at: number }
  | { type: 'Sent'; verdict: CheckVerdict }
  | { type: 'SendFailed'; why: Refusal }
  | { type: 'SendWanted'; at: number };

export type CheckCommand =
  | { do: 'Load' }
  /** Whatever is open of the run before is closed. */
  | { do: 'Begin' }
  | { do: 'MeasurePage' }
  | { do: 'OpenWebSocket' }
  | { do: 'Gather'; servers: readonly string[] }
  | { do: 'MeasureBandwidth' }
  | WayCommand
  | SoundCommand
  | { do: 'Send'; check: Check };

export interface CheckStep {
  state: CheckState;
  commands: readonly CheckCommand[];
}

export const initialCheck: CheckState = { phase: 'loading' };

/** The next state, and what must be done for it. */
export function step(state: CheckState, event: CheckEvent): CheckStep {
  switch (state.phase) {
    case 'loading':
    case 'refused':
      return stepBefore(state, event);
    case 'ready':
      return event.type === 'Started'
        ? start(state.about, event.abilities, event.at)
        : { state, commands: [] };
    case 'running':
      return stepRunning(state.run, event);
    case 'sending':
    case 'unsent':
    case 'done':
      return stepAfter(state, event);
  }
}

/** When time alone changes something; `null`: never. */
export function deadline(state: CheckState): number | null {
  if (state.phase === 'sending') return state.until;
  if (state.phase !== 'running') return null;
  const { run } = state;
  const due = [run.page, run.websocket, run.gathering, run.bandwidth].flatMap((each) =>
    each.is === 'running' ? [each.until] : [],
  );
  const ways = waysDeadline(run);
  if (ways !== null) due.push(ways);
  return due.length === 0 ? null : Math.min(...due);
}

function stepBefore(state: CheckState, event: CheckEvent): CheckStep {
  if (event.type === 'AboutCame') return { state: { phase: 'ready', about: event.about }, commands: [] };
  if (event.type === 'AboutRefused') return { state: { phase: 'refused', why: event.why }, commands: [] };
  if (event.type === 'LoadWanted') return { state: { phase: 'loading' }, commands: [{ do: 'Load' }] };
  return { state, commands: [] };
}

function start(about: CheckAbout, abilities: Abilities, at: number): CheckStep {
  const begun = beginRun(about, abilities, at);
  const { sound, commands: asked } = beginSound(begun.sound, at);
  const { state, commands } = goOn({ ...begun, sound }, at);
  return {
    state,
    commands: [
      { do: 'Begin' },
      { do: 'MeasurePage' },
      ...(begun.websocket.is === 'running' ? [{ do: 'OpenWebSocket' } as const] : []),
      ...(begun.gathering.is === 'running' ? [{ do: 'Gather', servers: about.stun } as const] : []),
      ...(begun.bandwidth.is === 'running' ? [{ do: 'MeasureBandwidth' } as const] : []),
      ...asked,
      ...commands,
    ],
  };
}

function stepRunning(run: Run, event: CheckEvent): CheckStep {
  if (isSoundEvent(event)) {
    const { sound, commands } = takeSound(run.sound, event, event.at);
    const on = goOn({ ...run, sound }, event.at);
    return { state: on.state, commands: [...commands, ...on.commands] };
  }
  return 'at' in event
    ? goOn(take(run, event), event.at)
    : { state: { phase: 'running', run }, commands: [] };
}

function take(run: Run, event: Exclude<Extract<CheckEvent, { at: number }>, SoundEvent>): Run {
  switch (event.type) {
    case 'PageMeasured': {
      const { page, clock_behind_ms, about } = event;
      // The relay's pass may be a new one.
      return { ...run, about: about ?? run.about, clock_behind_ms, page: ended(run.page, page) };
    }
    case 'WebSocketMeasured':
      return { ...run, websocket: ended(run.websocket, event.websocket) };
    case 'Gathered':
      return { ...run, gathering: ended(run.gathering, event.gathering) };
    case 'BandwidthMeasured':
      return { ...run, bandwidth: ended(run.bandwidth, event.bandwidth) };
    case 'WayConnected':
    case 'WayFailed':
    case 'WayClosed':
      return takeWay(run, event);
    case 'Started':
    case 'SendWanted':
    case 'TimePassed':
      return run;
  }
}

function stepAfter(state: Extract<CheckState, { check: Check }>, event: CheckEvent): CheckStep {
  const { run, check } = state;
  if (event.type === 'Started') return start(run.about, event.abilities, event.at);
  const isSending = state.phase === 'sending';
  // Late is early enough, as long as nobody has sent it once more.
  if (event.type === 'Sent' && state.phase !== 'done')
    return { state: { phase: 'done', run, check, verdict: event.verdict }, commands: [] };
  if (event.type === 'SendFailed' && isSending)
    return { state: { phase: 'unsent', run, check, why: event.why }, commands: [] };
  if (event.type === 'TimePassed' && isSending && event.at >= state.until)
    return { state: { phase: 'unsent', run, check, why: 'away' }, commands: [] };
  if (event.type === 'SendWanted' && state.phase === 'unsent') return send(run, check, event.at);
  return { state, commands: [] };
}

function send(run: Run, check: Check, at: number): CheckStep {
  return {
    state: { phase: 'sending', run, check, until: at + SENDING_MAX_MS },
    commands: [{ do: 'Send', check }],
  };
}

/** What time has brought, and whether all is done. */
function goOn(before: Run, at: number): CheckStep {
  const late = expire(before, at);
  const { run, commands } = actOnWays(late, at);
  if (!isMeasured(run) || run.sound.questions.length > 0)
    return { state: { phase: 'running', run }, commands };
  const check = checkOf(run, at);
  const sent = send(run, check, at);
  return { state: sent.state, commands: [...commands, ...sent.commands] };
}

function expire(run: Run, at: number): Run {
  const over = <T>(each: Measurement<T>): Measurement<T> =>
    each.is === 'running' && at >= each.until ? { is: 'done', value: null } : each;
  return {
    ...run,
    page: silent(run.page, at),
    websocket: silent(run.websocket, at),
    gathering: over(run.gathering),
    bandwidth: over(run.bandwidth),
  };
}

/** Who has not answered until then was not reached. */
function silent(each: Measurement<Reached>, at: number): Measurement<Reached> {
  if (each.is !== 'running' || at < each.until) return each;
  return {
    is: 'done',
    value: { is_reached: false, took_ms: Math.round(at - each.since), error: 'no answer in time' },
  };
}

/** What comes late changes nothing. */
function ended<T>(before: Measurement<T>, value: T | null): Measurement<T> {
  return before.is === 'running' ? { is: 'done', value } : before;
}

/** What the server gets. */
export function checkOf(run: Run, at: number): Check {
  const value = <T>(each: Measurement<T>): T | null => (each.is === 'done' ? each.value : null);
  const ways: WayTest[] = WAYS.flatMap((way) => {
    const state = run.ways[way];
    return state.is === 'done' && state.test !== null
      ? [{ ...state.test, took_ms: Math.round(state.test.took_ms) }]
      : [];
  });
  return {
    took_ms: Math.round(at - run.began_at),
    browser: run.browser,
    page: value(run.page),
    websocket: value(run.websocket),
    gathering: value(run.gathering),
    ways,
    bandwidth: value(run.bandwidth),
    permission: run.sound.permission,
    microphone: run.sound.microphone,
    speaker: run.sound.speaker,
    headset: run.sound.headset,
    clock_behind_ms: run.clock_behind_ms,
  };
}
