/**
 * How one call gets its sound back when the network fails it, as a pure function: what is measured and heard goes in, with
 * the time; what must be done comes out. Nothing in here waits: the call's samples, five a second, are its clock.
 *
 *     none ── sound lost, network moved, UDP worth a try ──► asking ── agreed ──► checking ─► none
 *      ▲                                                       │ not now, refused
 *      └──────────────── a moment later, or a new line ◄── pausing
 *
 * The server sends 50 packets a second to whoever is not on hold, so silence tells the truth long before ICE does. Where
 * there is still sound, ICE is restarted: it goes on over the old way until the new one is there. Where there is none, a new
 * connection begins from nothing, because browsers hold on to an old way: Chromium tries no other at full speed until it
 * has heard nothing for 2.5 s, and sends by it for another second. The line is doubted at the same time, because an offer
 * over a dead line is answered by nobody.
 */
import type { Outcome } from './hold.ts';
import type { Way } from './calls.ts';

/** No packet for this long means that the sound is lost, in milliseconds. */
export const SILENCE_MAX_MS = 700;
/** How long the answer to an offer may take until its line is given up, in milliseconds. */
export const ANSWER_MAX_MS = 1_500;
/** How long a restart may take to bring the sound back until the next one, in milliseconds: at first, and after some tries. */
export const CHECKING_MS = 1_500;
const CHECKING_LONG_MS = 3_000;
const QUICK_TRIES = 5;
/** The wait after an offer that met another one, unless the server says how long, and the longest, in milliseconds. */
const AGAIN_MS = 300;
const AGAIN_MAX_MS = 1_000;
/** The wait after a restart that the server refuses, in milliseconds. */
const REFUSED_MS = 1_500;
/** Neither sound nor line for this long: nobody waits any more, in milliseconds. */
export const GIVE_UP_MS = 60_000;
/** When a call that has found no way by UDP looks for one, in milliseconds after the time before. */
const DETOUR_MS = [10_000, 30_000, 60_000, 120_000] as const;
const DETOUR_LONGEST_MS = 300_000;
/** Nobody looks for a better way this soon after a restart, in milliseconds. */
const REST_MS = 5_000;

export interface Recovery {
  /** Packets received, and when the last ones were; `null` before the first. */
  flow: { packets: number; last_at: number } | null;
  /** Whether the server sends: not while the call is on hold here. */
  expects: boolean;
  ice: 'new' | 'fine' | 'lost';
  /** Whether the line to the server is open. */
  line: { is: 'open' } | { is: 'lost'; lost_at: number };
  way: Way['by'] | null;
  /** By which the browser tells the selected pair of one restart from that of the next. */
  generation: string | null;
  lost_at: number | null;
  /** Silence is the far end's: the way was proven, and still nothing came. */
  far_silent: boolean;
  /** The network has moved since the last offer. */
  moved: boolean;
  /** The server hears nothing of us, and no other way was tried since it has said so. */
  unheard: boolean;
  /** The last offer was never answered, and still holds. */
  unanswered: Restarting | null;
  /** Restarts since the sound was lost. */
  tries: number;
  restarts: number;
  restart: Restart;
  detour: { tries: number; next_at: number } | null;
}

type Restart =
  | { is: 'none'; ended_at: number }
  | { is: 'asking'; how: Restarting; since: number; generation: string | null; gaveLineUp: boolean }
  | { is: 'checking'; how: Restarting; until: number; generation: string | null }
  | { is: 'pausing'; until: number }
  | { is: 'over' };

/** `ice`: new ways for the connection that there is. `anew`: another connection. */
export type Restarting = 'ice' | 'anew';

export type RecoveryEvent =
  | { type: 'Sampled'; packets: number; way: Way['by'] | null; generation: string | null; at: number }
  /** No sample, but time goes on. */
  | { type: 'TimePassed'; at: number }
  | { type: 'IceChanged'; ice: Recovery['ice']; at: number }
  | { type: 'ExpectationChanged'; expects: boolean; at: number }
  | { type: 'LineChanged'; open: boolean; at: number }
  | { type: 'NetworkMoved'; at: number }
  /** The server says that nothing of ours arrives there. */
  | { type: 'Unheard'; at: number }
  | { type: 'RestartEnded'; outcome: Outcome; at: number };

export type RecoveryCommand =
  /** Finds out whether the line is alive. */
  | { do: 'ProbeLine' }
  /** The line is as good as dead: opens another. */
  | { do: 'ReplaceLine' }
  /** Offers other ways for the sound; `fresh`: with a new offer, not the one that nobody has answered. */
  | { do: 'Restart'; how: Restarting; fresh: boolean }
  | { do: 'TellMedia'; media: 'interrupted' | 'flowing' }
  | { do: 'GiveUp' };

export interface RecoveryStep {
  state: Recovery;
  commands: readonly RecoveryCommand[];
}

/** A call whose media begins, on a line that is open. */
export function beginRecovery(at: number): Recovery {
  return {
    flow: null,
    expects: false,
    ice: 'new',
    line: { is: 'open' },
    way: null,
    generation: null,
    lost_at: null,
    far_silent: false,
    moved: false,
    unheard: false,
    unanswered: null,
    tries: 0,
    restarts: 0,
    restart: { is: 'none', ended_at: at },
    detour: null,
  };
}

/** The next state, and what must be done for it. */
export function recover(before: Recovery, event: RecoveryEvent): RecoveryStep {
  if (before.restart.is === 'over') return { state: before, commands: [] };
  const { state: noticed, commands: told } = notice(take(before, event), event.at);
  const { state, commands } = act(noticed, event.at);
  return { state, commands: [...told, ...commands] };
}

function take(state: Recovery, event: RecoveryEvent): Recovery {
  switch (event.type) {
    case 'Sampled':
      return sample(state, event);
    case 'TimePassed':
      return state;
    case 'IceChanged':
      return { ...state, ice: event.ice };
    case 'ExpectationChanged': {
      // What the server did before says nothing about when its next packet is due.
      const flow = state.flow === null ? null : { ...state.flow, last_at: event.at };
      return { ...state, expects: event.expects, flow, far_silent: false };
    }
    case 'LineChanged':
      if (event.open) return { ...state, line: { is: 'open' }, restart: atOnce(state.restart, event.at) };
      return state.line.is === 'lost' ? state : { ...state, line: { is: 'lost', lost_at: event.at } };
    case 'NetworkMoved': {
      const detour = state.detour === null ? null : { tries: 0, next_at: event.at + DETOUR_MS[0] };
      return { ...state, moved: true, far_silent: false, detour };
    }
    case 'Unheard':
      return { ...state, unheard: true };
    case 'RestartEnded':
      return state.restart.is === 'asking' ? concluded(state, state.restart, event) : state;
  }
}

/** What waited for a better moment has it now. */
function atOnce(restart: Restart, at: number): Restart {
  return restart.is === 'pausing' ? { ...restart, until: at } : restart;
}

function sample(state: Recovery, event: Extract<RecoveryEvent, { type: 'Sampled' }>): Recovery {
  const { packets, way, generation, at } = event;
  const came = packets !== (state.flow?.packets ?? 0);
  return {
    ...state,
    flow: came ? { packets, last_at: at } : state.flow,
    far_silent: state.far_silent && !came,
    way: way ?? state.way,
    generation: generation ?? state.generation,
    detour: detourOf(state, way ?? state.way, at),
  };
}

function detourOf(state: Recovery, way: Recovery['way'], at: number): Recovery['detour'] {
  if (way === null || way === 'udp') return null;
  return state.detour ?? { tries: 0, next_at: at + DETOUR_MS[0] };
}

function concluded(
  state: Recovery,
  { how, generation }: { how: Restarting; generation: string | null },
  { outcome, at }: { outcome: Outcome; at: number },
): Recovery {
  switch (outcome.is) {
    case 'agreed': {
      const until = at + (state.tries > QUICK_TRIES ? CHECKING_LONG_MS : CHECKING_MS);
      return { ...state, unanswered: null, restart: { is: 'checking', how, until, generation } };
    }
    case 'not_now': {
      const until = at + Math.min(outcome.wait_ms ?? AGAIN_MS, AGAIN_MAX_MS);
      return { ...state, unanswered: how, restart: { is: 'pausing', until } };
    }
    case 'refused':
      return { ...state, unanswered: null, restart: { is: 'pausing', until: at + REFUSED_MS } };
  }
}

/** Whether the sound is lost or back, and what people are told. */
function notice(state: Recovery, at: number): RecoveryStep {
  const lost = isLost(state, at);
  if (lost && state.lost_at === null) {
    return {
      state: { ...state, lost_at: at, tries: 0 },
      commands: [{ do: 'TellMedia', media: 'interrupted' }, { do: 'ProbeLine' }],
    };
  }
  if (!lost && state.lost_at !== null) {
    return {
      state: { ...state, lost_at: null, tries: 0 },
      commands: [{ do: 'TellMedia', media: 'flowing' }],
    };
  }
  return { state, commands: [] };
}

function isLost({ flow, expects, ice, far_silent }: Recovery, at: number): boolean {
  if (!expects || flow === null || far_silent) return ice === 'lost';
  // What arrives has found a way, whatever ICE thinks of it.
  return at - flow.last_at >= SILENCE_MAX_MS;
}

function act(state: Recovery, at: number): RecoveryStep {
  const { restart, line } = state;
  if (
    state.lost_at !== null &&
    line.is === 'lost' &&
    at - Math.max(state.lost_at, line.lost_at) >= GIVE_UP_MS
  ) {
    return { state: { ...state, restart: { is: 'over' } }, commands: [{ do: 'GiveUp' }] };
  }
  switch (restart.is) {
    case 'none':
      return begin(state, restart.ended_at, at);
    case 'asking':
      if (restart.gaveLineUp || at - restart.since < ANSWER_MAX_MS) return { state, commands: [] };
      // An answer that is lost would keep every further offer waiting; with its line everything under way ends.
      return {
        state: { ...state, restart: { ...restart, gaveLineUp: true } },
        commands: [{ do: 'ReplaceLine' }],
      };
    case 'pausing':
      return at < restart.until && !state.moved ? { state, commands: [] } : begin(state, at, at);
    case 'checking':
      return check(state, restart, at);
    case 'over':
      return { state, commands: [] };
  }
}

function check(
  state: Recovery,
  { how, until, generation }: { how: Restarting; until: number; generation: string | null },
  at: number,
): RecoveryStep {
  const proven = state.generation !== generation;
  const ended: Recovery = { ...state, restart: { is: 'none', ended_at: at } };
  // Sound that is lost meanwhile will not come back by a connection that still believes in its old way.
  if (state.moved || (state.lost_at !== null && how === 'ice')) return begin(ended, at, at);
  if (state.lost_at === null && (proven || at >= until)) return { state: ended, commands: [] };
  if (at < until) return { state, commands: [] };
  if (!proven || state.ice === 'lost') return begin(ended, at, at);
  // The way is there; it is the far end that sends nothing.
  return notice({ ...ended, far_silent: true }, at);
}

/** Restarts if there is a reason to. */
function begin(state: Recovery, ended_at: number, at: number): RecoveryStep {
  const lost = state.lost_at !== null;
  const better = seeksBetter(state, ended_at, at);
  // Without a line there is nobody to ask; its return brings us back here.
  if (
    !(lost || state.unheard || state.moved || state.unanswered !== null || better) ||
    state.line.is === 'lost'
  ) {
    return { state: { ...state, restart: { is: 'none', ended_at } }, commands: [] };
  }
  // A browser that hears us believes in its way, whatever becomes of what it sends.
  const how = lost || state.unheard ? 'anew' : (state.unanswered ?? 'ice');
  const doubt: RecoveryCommand[] = lost || state.moved ? [{ do: 'ProbeLine' }] : [];
  return {
    state: {
      ...state,
      moved: false,
      unheard: false,
      unanswered: null,
      tries: state.tries + 1,
      restarts: state.restarts + 1,
      detour: better && state.detour !== null ? laterThan(state.detour, at) : state.detour,
      restart: { is: 'asking', how, since: at, generation: state.generation, gaveLineUp: false },
    },
    commands: [{ do: 'Restart', how, fresh: state.moved || state.unanswered !== how }, ...doubt],
  };
}

function seeksBetter({ detour, expects }: Recovery, ended_at: number, at: number): boolean {
  return detour !== null && expects && at >= detour.next_at && at - ended_at >= REST_MS;
}

function laterThan({ tries }: { tries: number }, at: number): Recovery['detour'] {
  return { tries: tries + 1, next_at: at + (DETOUR_MS[tries + 1] ?? DETOUR_LONGEST_MS) };
}
