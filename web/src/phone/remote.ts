/**
 * The desk phone under control, as a pure function: `reduceRemote(state, event)` gives the next state and the requests to the
 * server. What the calls are, the server tells (`Told`); beside that there is only what was asked and not yet seen to happen.
 *
 *     Dialled ─► lifting (the phone is called) ─► dialling ─► talking ⇄ holding
 *     ringing ─► Asked answer ─► talking
 *
 * `remote/shown.ts` gives the state that screens know from the phone in the browser.
 */
import type { LiveCall, LiveCallState } from '../api/types.ts';
import type { CallId, Ended, EndReason, Party } from './calls.ts';
import { FAREWELL_MS } from './state/ends.ts';

/** Ended calls that are kept for a last look. */
const ENDED_MAX = 8;

/** A desk phone to talk on. */
export interface ControlledPhone {
  id: number;
  label: string;
  registered: boolean;
}

type Asked =
  | { what: 'answer' }
  | { what: 'decline' }
  | { what: 'hang_up' }
  | { what: 'hold' }
  | { what: 'resume' }
  | { what: 'transfer'; to: Party };

/** What we know of a call beside what the server tells. */
export interface Note {
  /** Until it is seen to have happened. */
  asked: Asked | null;
  refused: 'hold' | 'resume' | null;
  transfer_failed: Party | null;
  tones: string;
}
const NOTHING: Note = { asked: null, refused: null, transfer_failed: null, tones: '' };

/** A call that was dialled here and that the server has not told of yet. */
export interface Begun {
  id: CallId;
  /** The server's name for it; `null` until it has answered. */
  call: CallId | null;
  party: Party;
  at: number;
  /** Hung up before the server's name for it was known: it is told as soon as it is. */
  isLeft: boolean;
}

export interface Remote {
  /** `null`: there is none. */
  phone: ControlledPhone | 'not_known' | null;
  /** All of one's calls, at every device; `null`: nothing was told, or nothing has come for a while. */
  live: readonly LiveCall[] | null;
  begun: readonly Begun[];
  notes: ReadonlyMap<CallId, Note>;
  ended: readonly Ended[];
}
export const initialRemote: Remote = {
  phone: 'not_known',
  live: null,
  begun: [],
  notes: new Map(),
  ended: [],
};

export type RemoteEvent =
  | { type: 'PhoneChosen'; phone: Remote['phone'] }
  | { type: 'Told'; calls: readonly LiveCall[]; at: number }
  /** The server's news do not come any more. */
  | { type: 'Lost' }
  | { type: 'Dialled'; call: CallId; party: Party; at: number }
  /** The server has begun the call that we dialled as `id`. */
  | { type: 'Begun'; id: CallId; call: CallId }
  | { type: 'Pressed'; call: CallId; what: 'answer' | 'decline' | 'hang_up' | 'toggle_hold' }
  | { type: 'TonePressed'; call: CallId; tone: string }
  | { type: 'TransferPressed'; call: CallId; to: Party }
  /** The server would not do what was asked last. */
  | { type: 'Refused'; call: CallId }
  | { type: 'Forgotten'; call: CallId };

export type Request =
  | { do: 'Dial'; call: CallId; device: number; number: string }
  | { do: 'Answer'; call: CallId; device: number }
  | { do: 'Control'; call: CallId; what: 'decline' | 'hold' | 'resume' | 'hang-up' }
  | { do: 'SendDigits'; call: CallId; digits: string }
  | { do: 'Transfer'; call: CallId; number: string }
  | { do: 'ForgetLater'; call: CallId; delay_ms: number };

export interface RemoteStep {
  remote: Remote;
  requests: readonly Request[];
}

/** The next state, and what to ask of the server. */
export function reduceRemote(remote: Remote, event: RemoteEvent): RemoteStep {
  switch (event.type) {
    case 'PhoneChosen':
      return just({ ...remote, phone: event.phone });
    case 'Told':
      return told(remote, event.calls, event.at);
    case 'Lost':
      return just({ ...remote, live: null });
    case 'Dialled':
      return dial(remote, event);
    case 'Begun':
      return begin(remote, event.id, event.call);
    case 'Pressed':
      return press(remote, event.call, event.what);
    case 'TonePressed': {
      const tones = noteOf(remote, event.call).tones + event.tone;
      return {
        remote: noted(remote, event.call, { tones }),
        requests: [{ do: 'SendDigits', call: event.call, digits: event.tone }],
      };
    }
    case 'TransferPressed':
      return {
        remote: noted(remote, event.call, {
          asked: { what: 'transfer', to: event.to },
          transfer_failed: null,
        }),
        requests: [{ do: 'Transfer', call: event.call, number: event.to.number }],
      };
    case 'Refused':
      return refuse(remote, event.call);
    case 'Forgotten':
      return just({ ...remote, ended: remote.ended.filter(({ id }) => id !== event.call) });
  }
}

/** Whether a call concerns the phone under control: it may be answered there, or is there already. */
export function isHere({ state, side, device_ids }: LiveCall, phone: Remote['phone']): boolean {
  if (state === 'ringing' && side === 'called') return true;
  return device_ids.length === 0 || (isKnown(phone) && device_ids.includes(phone.id));
}

/** Whether somebody has answered. */
export function isTalk(state: LiveCallState): boolean {
  switch (state) {
    case 'talking':
    case 'holding':
    case 'held':
    case 'moving':
    case 'conferring':
    case 'waiting':
      return true;
    case 'lifting':
    case 'dialling':
    case 'ringing':
      return false;
  }
}

/** Whether the person is heard there. */
function hasPerson(state: LiveCallState): boolean {
  return state === 'talking' || state === 'conferring';
}

export function isKnown(phone: Remote['phone']): phone is ControlledPhone {
  return phone !== null && phone !== 'not_known';
}

export function partyOf({ other }: LiveCall): Party {
  return { number: other.number, name: other.name };
}

function told(remote: Remote, calls: readonly LiveCall[], at: number): RemoteStep {
  const now = new Map(calls.map((call) => [call.call, call]));
  const farewells = (remote.live ?? []).flatMap((before): Ended[] => {
    if (now.has(before.call) || !isHere(before, remote.phone)) return [];
    return [farewell(before, noteOf(remote, before.call), at)];
  });
  const notes = new Map<CallId, Note>();
  for (const [call, note] of remote.notes) {
    const live = now.get(call);
    if (live !== undefined) notes.set(call, hasHappened(note.asked, live) ? { ...note, asked: null } : note);
  }
  return {
    remote: {
      ...remote,
      live: calls,
      notes,
      // Once its request is answered, the server tells of a call or it is over.
      begun: remote.begun.filter(({ call }) => call === null),
      ended: [...remote.ended, ...farewells].slice(-ENDED_MAX),
    },
    requests: farewells.map(({ id }) => ({ do: 'ForgetLater', call: id, delay_ms: FAREWELL_MS })),
  };
}

function hasHappened(asked: Asked | null, { state }: LiveCall): boolean {
  switch (asked?.what) {
    case undefined:
      return true;
    case 'answer':
    case 'decline':
      return state !== 'ringing';
    case 'hold':
      return state === 'holding';
    case 'resume':
      return state !== 'holding';
    case 'hang_up':
    case 'transfer':
      return false;
  }
}

function farewell(live: LiveCall, { asked }: Note, at: number): Ended {
  const talked = live.answered_at === null ? null : Math.max(0, at - Date.parse(live.answered_at));
  return {
    phase: 'ended',
    id: live.call,
    journal_id: live.call,
    party: partyOf(live),
    direction: live.side === 'caller' ? 'outgoing' : 'incoming',
    reason: reasonOf(live, asked),
    ended_at: at,
    talked_ms: talked,
  };
}

/** Why it ended, as far as one can know here: the journal knows more. */
function reasonOf({ state, side, team_id }: LiveCall, asked: Asked | null): EndReason {
  if (asked?.what === 'transfer') return { because: 'transferred', to: asked.to };
  if (state === 'ringing' && side === 'called') {
    if (asked?.what === 'decline') return { because: 'rejected_by_us' };
    return team_id === null ? { because: 'missed' } : { because: 'stopped_ringing' };
  }
  if (asked?.what !== 'hang_up') return { because: 'hung_up', by: 'them' };
  return isTalk(state) ? { because: 'hung_up', by: 'us' } : { because: 'cancelled' };
}

function dial(remote: Remote, { call, party, at }: { call: CallId; party: Party; at: number }): RemoteStep {
  const { phone } = remote;
  if (!isKnown(phone)) return just(remote);
  const quiet = holdTalking(remote, null);
  return {
    remote: { ...quiet.remote, begun: [...remote.begun, { id: call, call: null, party, at, isLeft: false }] },
    requests: [...quiet.requests, { do: 'Dial', call, device: phone.id, number: party.number }],
  };
}

/** The server has named a call that was dialled here. */
function begin(remote: Remote, id: CallId, call: CallId): RemoteStep {
  const dialled = remote.begun.find((each) => each.id === id);
  if (dialled === undefined) return just(remote);
  const isTold = remote.live?.some((each) => each.call === call) === true;
  const next: Remote = {
    ...remote,
    begun: remote.begun.flatMap((each) => {
      if (each.id !== id) return [each];
      return isTold ? [] : [{ ...each, call }];
    }),
  };
  if (!dialled.isLeft || noteOf(remote, call).asked?.what === 'hang_up') return just(next);
  return ask(next, call, { what: 'hang_up' }, 'hang-up');
}

/** Hangs up what the server has not told of yet. */
function leaveBegun(remote: Remote, shown: CallId): RemoteStep {
  const dialled = remote.begun.find(({ id, call }) => id === shown || call === shown);
  if (dialled === undefined || dialled.isLeft) return just(remote);
  const next: Remote = {
    ...remote,
    begun: remote.begun.map((each) => (each === dialled ? { ...each, isLeft: true } : each)),
  };
  return dialled.call === null ? just(next) : ask(next, dialled.call, { what: 'hang_up' }, 'hang-up');
}

function press(
  remote: Remote,
  call: CallId,
  what: 'answer' | 'decline' | 'hang_up' | 'toggle_hold',
): RemoteStep {
  const live = remote.live?.find((each) => each.call === call);
  if (live === undefined) return what === 'hang_up' ? leaveBegun(remote, call) : just(remote);
  if (noteOf(remote, call).asked?.what === 'hang_up') return just(remote);
  switch (what) {
    case 'answer': {
      const { phone } = remote;
      if (!isKnown(phone) || live.state !== 'ringing') return just(remote);
      const quiet = holdTalking(remote, call);
      return {
        remote: noted(quiet.remote, call, { asked: { what: 'answer' } }),
        requests: [...quiet.requests, { do: 'Answer', call, device: phone.id }],
      };
    }
    case 'decline':
      return ask(remote, call, { what: 'decline' }, 'decline');
    case 'hang_up':
      return ask(remote, call, { what: 'hang_up' }, 'hang-up');
    case 'toggle_hold':
      if (live.state === 'talking' || live.state === 'held' || live.state === 'conferring')
        return ask(remote, call, { what: 'hold' }, 'hold');
      // The server puts on hold who talks on the same phone.
      return live.state === 'holding' ? ask(remote, call, { what: 'resume' }, 'resume') : just(remote);
  }
}

/** Who talks goes on hold before another call has the person. */
function holdTalking(remote: Remote, except: CallId | null): RemoteStep {
  let next = remote;
  const requests: Request[] = [];
  for (const live of remote.live ?? []) {
    if (live.call === except || !hasPerson(live.state) || !isHere(live, remote.phone)) continue;
    const { asked } = noteOf(remote, live.call);
    if (asked !== null) continue;
    next = noted(next, live.call, { asked: { what: 'hold' }, refused: null });
    requests.push({ do: 'Control', call: live.call, what: 'hold' });
  }
  return { remote: next, requests };
}

function refuse(remote: Remote, call: CallId): RemoteStep {
  if (remote.begun.some(({ id }) => id === call)) {
    return just({ ...remote, begun: remote.begun.filter(({ id }) => id !== call) });
  }
  const { asked } = noteOf(remote, call);
  switch (asked?.what) {
    case 'hold':
    case 'resume':
      return just(noted(remote, call, { asked: null, refused: asked.what }));
    case 'transfer':
      return just(noted(remote, call, { asked: null, transfer_failed: asked.to }));
    case 'answer':
    case 'decline':
    case 'hang_up':
      return just(noted(remote, call, { asked: null }));
    case undefined:
      return just(remote);
  }
}

function ask(
  remote: Remote,
  call: CallId,
  asked: Asked,
  what: 'decline' | 'hold' | 'resume' | 'hang-up',
): RemoteStep {
  return {
    remote: noted(remote, call, { asked, refused: null }),
    requests: [{ do: 'Control', call, what }],
  };
}

export function noteOf(remote: Remote, call: CallId): Note {
  return remote.notes.get(call) ?? NOTHING;
}

function noted(remote: Remote, call: CallId, some: Partial<Note>): Remote {
  return { ...remote, notes: new Map(remote.notes).set(call, { ...noteOf(remote, call), ...some }) };
}

function just(remote: Remote): RemoteStep {
  return { remote, requests: [] };
}
