/**
 * Which way is tried when, and for how long. Two at a time; the best one that works is listened to for longest. Which one that is,
 * turns out on the way: TCP is listened to as if it were the best until UDP has come about.
 */
import type { Way } from '../../api/check.ts';
import {
  BEST_LISTENING_MS,
  CLOSING_MAX_MS,
  CONNECTING_MAX_MS,
  ECHO_MAX_MS,
  ECHOES_MAX,
  OTHERS_LISTENING_MS,
  STAGGER_MS,
  WAYS,
  type Run,
  type WayEvent,
  type WayState,
} from './run.ts';

export type WayCommand = { do: 'TryWay'; way: Way } | { do: 'FinishWay'; way: Way };

export function takeWay(run: Run, event: WayEvent): Run {
  const state = run.ways[event.way];
  switch (event.type) {
    case 'WayConnected':
      if (state.is !== 'connecting') return run;
      return withWay(run, event.way, {
        is: 'listening',
        began_at: state.since,
        connected_at: event.at,
        broke_at: null,
      });
    case 'WayFailed':
      if (event.because === 'untried') return withWay(run, event.way, { is: 'done', test: null });
      if (state.is === 'connecting') return withWay(run, event.way, { ...state, until: event.at });
      // It broke off: what was heard until then counts.
      return state.is === 'listening' ? withWay(run, event.way, { ...state, broke_at: event.at }) : run;
    case 'WayClosed': {
      if (state.is !== 'closing') return run;
      const { is_connected, took_ms } = state;
      const test = { way: event.way, is_connected, took_ms, echo: is_connected ? event.echo : null };
      return withWay(run, event.way, { is: 'done', test });
    }
  }
}

/** Begins, ends and gives up what is due. */
export function actOnWays(before: Run, at: number): { run: Run; commands: WayCommand[] } {
  const commands: WayCommand[] = [];
  let run = before;
  for (const way of WAYS) {
    const state = run.ways[way];
    const next = due(run, way, state, at);
    if (next === state) continue;
    if (next.is === 'closing') commands.push({ do: 'FinishWay', way });
    run = withWay(run, way, next);
  }
  // What the line carries is measured first: that would disturb the sound.
  if (run.bandwidth.is !== 'done') return { run, commands };
  for (const way of WAYS) {
    if (run.ways[way].is !== 'waiting') continue;
    if (open(run) >= ECHOES_MAX || (startsAt(run) ?? at) > at) break;
    commands.push({ do: 'TryWay', way });
    run = withWay({ ...run, way_began_at: at }, way, {
      is: 'connecting',
      since: at,
      until: at + CONNECTING_MAX_MS,
    });
  }
  return { run, commands };
}

/** When something of the ways is due next. */
export function waysDeadline(run: Run): number | null {
  const due: number[] = [];
  for (const way of WAYS) {
    const state = run.ways[way];
    if (state.is === 'connecting' || state.is === 'closing') due.push(state.until);
    if (state.is === 'listening') due.push(listeningEnds(run, way, state));
  }
  const waiting = WAYS.some((way) => run.ways[way].is === 'waiting');
  const start = startsAt(run);
  if (waiting && run.bandwidth.is === 'done' && open(run) < ECHOES_MAX && start !== null) due.push(start);
  return due.length === 0 ? null : Math.min(...due);
}

function due(run: Run, way: Way, state: WayState, at: number): WayState {
  switch (state.is) {
    case 'waiting':
    case 'done':
      return state;
    case 'connecting':
      if (at < state.until) return state;
      return {
        is: 'closing',
        until: at + CLOSING_MAX_MS,
        is_connected: false,
        took_ms: at - state.since,
      };
    case 'listening':
      return at < listeningEnds(run, way, state) ? state : closing(state, at);
    case 'closing': {
      if (at < state.until) return state;
      const { is_connected, took_ms } = state;
      return { is: 'done', test: { way, is_connected, took_ms, echo: null } };
    }
  }
}

function closing(state: Extract<WayState, { is: 'listening' }>, at: number): WayState {
  return {
    is: 'closing',
    until: at + CLOSING_MAX_MS,
    is_connected: true,
    took_ms: state.connected_at - state.began_at,
  };
}

function listeningEnds(run: Run, way: Way, state: Extract<WayState, { is: 'listening' }>): number {
  if (state.broke_at !== null) return state.broke_at;
  const better = WAYS.slice(0, WAYS.indexOf(way)).some((each) => works(run.ways[each]));
  const long_ms = better ? OTHERS_LISTENING_MS : BEST_LISTENING_MS;
  return Math.min(state.connected_at + long_ms, state.began_at + ECHO_MAX_MS);
}

function works(state: WayState): boolean {
  switch (state.is) {
    case 'waiting':
    case 'connecting':
      return false;
    case 'listening':
      return true;
    case 'closing':
      return state.is_connected;
    case 'done':
      return state.test?.is_connected === true;
  }
}

function open(run: Run): number {
  return WAYS.filter((way) => ['connecting', 'listening', 'closing'].includes(run.ways[way].is)).length;
}

/** The first way starts at once, the others a moment after the one before. */
function startsAt(run: Run): number | null {
  return run.way_began_at === null ? null : run.way_began_at + STAGGER_MS;
}

function withWay(run: Run, way: Way, state: WayState): Run {
  return { ...run, ways: { ...run.ways, [way]: state } };
}
