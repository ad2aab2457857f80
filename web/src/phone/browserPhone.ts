/** The phone in this browser: keeps the state, lets `reduce` decide, and has the adapters do it. */
import type { LiveCall } from '../api/types.ts';
import type { Media, Ring } from './media.ts';
import type { Phone } from './phone.ts';
import { MicrophoneError } from './media.ts';
import { Guard, SAMPLE_EVERY_MS } from './guard.ts';
import { watchNetwork } from './network.ts';
import { compare, judge, readSample, wayOf, type Heard, type Look, type Sample } from './quality.ts';
import { beginObserving, isSame, observe, sourceOf, type Observed, type OwnSide } from './ownSide.ts';
import type { Account, Signalling, SignallingListener } from './signalling.ts';
import {
  callOf,
  initialState,
  liveCalls,
  ringingCalls,
  type Call,
  type CallId,
  type Line,
  type Media as MediaOfCall,
  type Party,
  type PhoneState,
  type SoundLoss,
  type SoundLosses,
} from './calls.ts';
import { renamedCalls } from './renamed.ts';
import { reduce } from './state.ts';
import type { Command, PhoneEvent } from './state/events.ts';

/** How often a running call's statistics are looked at, in milliseconds. */
const QUALITY_EVERY_MS = 2_000;
/** How long the server's word about our sound counts, in milliseconds; it comes as often. */
const HEARD_FRESH_MS = 3 * QUALITY_EVERY_MS;

/** What is known of a call's sound. */
interface Measured {
  sample: Sample | null;
  look: Look | null;
  heard: { figures: Heard; at: number } | null;
}

export interface CallDiagnostics extends Sample {
  call: CallId;
  party: Party;
  phase: string;
  /** How often other ways were looked for. */
  restarts: number;
}

export class BrowserPhone implements Phone {
  readonly media: Media;
  readonly #signalling: Signalling;
  #state: PhoneState = initialState;
  #onSignedOut: () => void = () => undefined;
  readonly #changed = new Set<() => void>();
  readonly #connections = new Map<CallId, RTCPeerConnection>();
  readonly #measured = new Map<CallId, Measured>();
  readonly #microphones = new Map<CallId, MediaStream>();
  readonly #guards = new Map<CallId, Guard>();
  /** What is known of our own side of each call, and what the server was told of it. */
  readonly #observed = new Map<CallId, { now: Observed; told: OwnSide | null; told_of: string | null }>();
  #onOwnSide: ((journal_id: string, side: OwnSide) => Promise<void>) | null = null;
  /** The server's last word about all calls, while a call here has no name to find it by. */
  #told: { live: readonly LiveCall[]; device: number | null } | null = null;
  #lineIsOpen = false;
  #quality: ReturnType<typeof setInterval> | null = null;
  #sampling: ReturnType<typeof setInterval> | null = null;
  #unwatchNetwork: () => void = () => undefined;

  constructor(signalling: Signalling, media: Media) {
    this.#signalling = signalling;
    this.media = media;
  }

  state(): PhoneState {
    return this.#state;
  }

  subscribe(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }

  start(account: Account, onSignedOut: () => void): void {
    this.#onSignedOut = onSignedOut;
    this.#signalling.start(account, this.#listener());
    this.#quality ??= setInterval(() => void this.#measure(), QUALITY_EVERY_MS);
    this.#unwatchNetwork();
    this.#unwatchNetwork = watchNetwork((news) => {
      if (news === 'moved') for (const guard of this.#guards.values()) guard.networkMoved();
    });
  }

  /** `line`: why, where there is a reason to tell. */
  stop(line: Line = { state: 'off' }): void {
    for (const call of liveCalls(this.#state)) this.leave(call.id);
    this.#signalling.stop();
    if (this.#quality !== null) clearInterval(this.#quality);
    this.#quality = null;
    this.#unwatchNetwork();
    this.dispatch({ type: 'LineChanged', line, at: Date.now() });
  }

  dial(party: Party): void {
    this.dispatch({ type: 'Dialled', call: crypto.randomUUID(), party, at: Date.now() });
  }
  answer(call: CallId): void {
    this.dispatch({ type: 'AnswerPressed', call, at: Date.now() });
  }
  reject(call: CallId): void {
    this.dispatch({ type: 'RejectPressed', call, at: Date.now() });
  }
  hangUp(call: CallId): void {
    this.dispatch({ type: 'HangUpPressed', call, at: Date.now() });
  }
  leave(call: CallId): void {
    this.dispatch({ type: 'PhoneLeft', call, at: Date.now() });
  }
  toggleHold(call: CallId): void {
    this.dispatch({ type: 'HoldPressed', call, at: Date.now() });
  }
  toggleMute(call: CallId): void {
    this.dispatch({ type: 'MutePressed', call });
  }
  press(call: CallId, tone: string): void {
    this.dispatch({ type: 'TonePressed', call, tone });
  }
  transfer(call: CallId, to: Party): void {
    this.dispatch({ type: 'TransferPressed', call, to });
  }
  dismiss(call: CallId): void {
    this.dispatch({ type: 'Dismissed', call });
  }
  reconnect(): void {
    this.#signalling.reconnect();
  }

  /** The server says how our sound arrives there; `journal_id` may name a call that is not ours, or not here. */
  heardByServer(journal_id: string, figures: Heard): void {
    const call = this.#state.calls.find((each) => each.journal_id === journal_id);
    if (call === undefined || !isTalking(call)) return;
    this.#measuredOf(call.id).heard = { figures, at: Date.now() };
    this.#judge(call.id);
  }

  /**
   * Hears whenever our own side of a call is another one; hears it again with the next look when the promise is broken. Returns the function
   * that ends it.
   */
  onOwnSide(told: (journal_id: string, side: OwnSide) => Promise<void>): () => void {
    this.#onOwnSide = told;
    return () => {
      if (this.#onOwnSide === told) this.#onOwnSide = null;
    };
  }

  /** The server says that one direction has no sound, or has it again (`null`). What the network has lost is looked for by another way, once. */
  soundWatched(
    journal_id: string,
    direction: keyof SoundLosses,
    loss: Omit<SoundLoss, 'microphone'> | null,
  ): void {
    const call = this.#state.calls.find((each) => each.journal_id === journal_id);
    if (call?.phase !== 'running') return;
    const microphone = loss?.stage === 'microphone' && loss.whose === 'me' ? this.#faultOf(call.id) : null;
    this.dispatch({
      type: 'SoundWatched',
      call: call.id,
      direction,
      loss: loss === null ? null : { ...loss, microphone },
    });
    // What does not arrive here the guard has noticed by itself.
    const isOurs = loss?.whose === 'me' && direction === 'from_me';
    if (isOurs && (loss.stage === 'network_in' || loss.stage === 'wrong_address'))
      this.#guards.get(call.id)?.unheard();
  }

  /** The server is about to tell anew which calls have no sound; what it has told before may be over. */
  soundUnknown(): void {
    for (const call of this.#state.calls) {
      if (call.phase !== 'running') continue;
      for (const direction of ['from_me', 'to_me'] as const)
        if (call.lost[direction] !== null)
          this.dispatch({ type: 'SoundWatched', call: call.id, direction, loss: null });
    }
  }

  #faultOf(call: CallId): SoundLoss['microphone'] {
    const microphone = this.#observed.get(call)?.now.side.microphone;
    return microphone === 'works' || microphone === 'unknown' ? null : (microphone ?? null);
  }

  #observe(id: CallId, report: ReadonlyMap<string, unknown>, packets: number): void {
    const call = callOf(this.#state, id);
    const connection = this.#connections.get(id);
    if (call?.phase !== 'running' || connection === undefined) return;
    const known = this.#observed.get(id) ?? { now: beginObserving(Date.now()), told: null, told_of: null };
    const now = observe(known.now, {
      at: Date.now(),
      track: trackOf(connection),
      source: sourceOf(report),
      packets,
      is_muted_in_app: call.microphone === 'muted',
      is_held: call.hold !== 'talking' || call.far_end === 'holding',
      is_output_lost: this.media.isOutputLost(id),
    });
    const isNews = known.told_of !== call.journal_id || known.told === null || !isSame(known.told, now.side);
    const tells = isNews && call.journal_id !== null && this.#onOwnSide !== null;
    this.#observed.set(id, tells ? { now, told: now.side, told_of: call.journal_id } : { ...known, now });
    if (!tells || call.journal_id === null) return;
    this.#onOwnSide?.(call.journal_id, now.side).catch(() => {
      const latest = this.#observed.get(id);
      if (latest?.told === now.side) this.#observed.set(id, { ...latest, told: null });
    });
  }

  /** The server's word about all of one's calls; `device`: this phone. */
  told(live: readonly LiveCall[], device: number | null): void {
    this.#told = { live, device };
    this.#rename();
  }

  /** As the server has told, once that can be compared with the calls here. */
  #rename(): void {
    if (this.#told === null) return;
    const renamed = renamedCalls(this.#state.calls, this.#told.live, this.#told.device);
    if (renamed === null) return;
    this.#told = null;
    for (const { call, journal_id } of renamed) this.dispatch({ type: 'Journalled', call, journal_id });
  }

  /** What the browser measures about every call, for support and for tests. */
  async diagnostics(): Promise<CallDiagnostics[]> {
    const found: CallDiagnostics[] = [];
    for (const [id, connection] of this.#connections) {
      const call = callOf(this.#state, id);
      if (call === undefined) continue;
      const sample = readSample(await connection.getStats());
      const restarts = this.#guards.get(id)?.restarts ?? 0;
      found.push({ call: id, party: call.party, phase: call.phase, restarts, ...sample });
    }
    return found;
  }

  dispatch(event: PhoneEvent): void {
    const { state, commands } = reduce(this.#state, event);
    if (state !== this.#state) {
      this.#state = state;
      this.media.ring(ringOf(state));
      this.#guardCalls();
      for (const changed of this.#changed) changed();
    }
    for (const command of commands) this.#carryOut(command);
    this.#rename();
  }

  #carryOut(command: Command): void {
    switch (command.do) {
      case 'OpenMicrophone':
        void this.#openMicrophone(command.call);
        return;
      case 'Invite':
        this.#signalling.invite(command.call, command.number, this.#microphone(command.call));
        return;
      case 'Accept':
        this.#signalling.accept(command.call, this.#microphone(command.call));
        return;
      case 'Refuse':
        this.#signalling.refuse(command.call, command.status);
        return;
      case 'HangUp':
        this.#signalling.hangUp(command.call);
        return;
      case 'Hold':
        this.#signalling.hold(command.call);
        return;
      case 'Resume':
        this.#signalling.resume(command.call);
        return;
      case 'SetMuted':
        this.#signalling.setMuted(command.call, command.muted);
        return;
      case 'SendTone':
        this.#signalling.sendTone(command.call, command.tone);
        return;
      case 'Transfer':
        this.#signalling.transfer(command.call, command.to);
        return;
      case 'ReleaseMedia':
        this.#connections.delete(command.call);
        this.#measured.delete(command.call);
        this.#observed.delete(command.call);
        this.#microphones.delete(command.call);
        this.media.release(command.call);
        return;
      case 'WakeLater':
        setTimeout(() => this.dispatch({ type: 'TimePassed', at: Date.now() }), command.delay_ms);
        return;
      case 'ForgetLater':
        setTimeout(() => this.dispatch({ type: 'FarewellOver', call: command.call }), command.delay_ms);
    }
  }

  async #openMicrophone(call: CallId): Promise<void> {
    try {
      const microphone = await this.media.openMicrophone(call);
      if (!liveCalls(this.#state).some((each) => each.id === call)) {
        // Given up while the browser was asking.
        this.media.release(call);
        return;
      }
      this.#microphones.set(call, microphone);
      this.dispatch({ type: 'MicrophoneOpened', call });
    } catch (error) {
      const problem = error instanceof MicrophoneError ? error.problem : 'failed';
      this.dispatch({ type: 'MicrophoneFailed', call, problem, at: Date.now() });
    }
  }
  #microphone(call: CallId): MediaStream {
    const microphone = this.#microphones.get(call);
    if (microphone === undefined)
      throw new Error('commands that need the microphone come after it was opened');
    return microphone;
  }

  #listener(): SignallingListener {
    const at = () => Date.now();
    return {
      line: (line) => this.dispatch({ type: 'LineChanged', line, at: at() }),
      linked: (open) => {
        this.#lineIsOpen = open;
        for (const guard of this.#guards.values()) guard.lineChanged(open);
      },
      signedOut: () => this.#onSignedOut(),
      called: (call, party) => this.dispatch({ type: 'Called', call, party, at: at() }),
      journalled: (call, journal_id) => this.dispatch({ type: 'Journalled', call, journal_id }),
      farEndRinging: (call, early_media) => this.dispatch({ type: 'FarEndRinging', call, early_media }),
      answered: (call) => this.dispatch({ type: 'Answered', call, at: at() }),
      held: (call, held) => this.dispatch({ type: 'HoldAgreed', call, held }),
      holdRefused: (call) => this.dispatch({ type: 'HoldRefused', call }),
      farEndHolding: (call, holding) => this.dispatch({ type: 'FarEndHolding', call, holding }),
      partyChanged: (call, party) => this.dispatch({ type: 'PartyChanged', call, party }),
      transferAgreed: (call) => this.dispatch({ type: 'TransferAgreed', call, at: at() }),
      transferRefused: (call, status) => this.dispatch({ type: 'TransferRefused', call, status }),
      ended: (call, reason) => this.dispatch({ type: 'Ended', call, reason, at: at() }),
      remoteStream: (call, stream) => this.media.playRemote(call, stream),
      connection: (call, connection) => this.#followConnection(call, connection),
    };
  }

  #followConnection(call: CallId, connection: RTCPeerConnection): void {
    this.#connections.set(call, connection);
    this.#guards.get(call)?.follow(connection);
    this.media.followConnection(call, connection);
    const look = () => {
      if (this.#connections.get(call) !== connection) return;
      const media = mediaOf(connection.iceConnectionState);
      this.#guards.get(call)?.followIce();
      // Once there was sound, only its packets tell whether there is.
      const isGuarded = this.#guards.has(call) && this.#mediaOfCall(call) !== 'connecting';
      if (media !== null && !isGuarded) this.dispatch({ type: 'MediaChanged', call, media });
    };
    connection.addEventListener('iceconnectionstatechange', look);
    look();
  }

  #mediaOfCall(id: CallId): MediaOfCall | null {
    const call = callOf(this.#state, id);
    return call === undefined || call.phase === 'ringing' || call.phase === 'ended' ? null : call.media;
  }

  /** Every running call has its guard, and nothing else has. */
  #guardCalls(): void {
    for (const [id, guard] of this.#guards) {
      if (callOf(this.#state, id)?.phase === 'running') continue;
      guard.stop();
      this.#guards.delete(id);
    }
    for (const call of this.#state.calls) {
      if (call.phase === 'running') this.#guard(call.id)?.expect(call.hold === 'talking');
    }
    if (this.#guards.size > 0) {
      this.#sampling ??= setInterval(() => {
        for (const guard of this.#guards.values()) void guard.sample();
      }, SAMPLE_EVERY_MS);
    } else if (this.#sampling !== null) {
      clearInterval(this.#sampling);
      this.#sampling = null;
    }
  }

  #guard(call: CallId): Guard | null {
    const connection = this.#connections.get(call);
    const known = this.#guards.get(call);
    if (known !== undefined || connection === undefined) return known ?? null;
    const guard = new Guard(call, connection, this.#signalling, {
      media: (media) => this.dispatch({ type: 'MediaChanged', call, media }),
      sampled: (report, packets) => this.#observe(call, report, packets),
      gaveUp: () => {
        this.#signalling.hangUp(call);
        this.dispatch({ type: 'Ended', call, reason: { because: 'connection_lost' }, at: Date.now() });
      },
    });
    this.#guards.set(call, guard);
    if (!this.#lineIsOpen) guard.lineChanged(false);
    return guard;
  }

  async #measure(): Promise<void> {
    for (const call of this.#state.calls) {
      const connection = this.#connections.get(call.id);
      if (!isTalking(call) || connection === undefined) continue;
      const sample = readSample(await connection.getStats());
      if (!this.#connections.has(call.id)) continue;
      const measured = this.#measuredOf(call.id);
      const way = wayOf(measured.sample, sample);
      if (way !== null) this.dispatch({ type: 'WayMeasured', call: call.id, way });
      measured.look = measured.sample === null ? null : compare(measured.sample, sample);
      measured.sample = sample;
      this.#judge(call.id);
    }
  }

  #judge(call: CallId): void {
    const { look, heard } = this.#measuredOf(call);
    const fresh = heard !== null && Date.now() - heard.at < HEARD_FRESH_MS;
    const quality = judge(look, fresh ? heard.figures : null);
    if (quality !== null) this.dispatch({ type: 'QualityMeasured', call, quality });
  }

  #measuredOf(call: CallId): Measured {
    let measured = this.#measured.get(call);
    if (measured === undefined) {
      measured = { sample: null, look: null, heard: null };
      this.#measured.set(call, measured);
    }
    return measured;
  }
}

function mediaOf(state: RTCIceConnectionState): 'flowing' | 'interrupted' | null {
  switch (state) {
    case 'connected':
    case 'completed':
      return 'flowing';
    case 'disconnected':
    case 'failed':
      return 'interrupted';
    case 'new':
    case 'checking':
    case 'closed':
      return null;
  }
}

/** What the microphone's track says of itself. */
function trackOf(connection: RTCPeerConnection) {
  const track = connection
    .getSenders()
    .map((sender) => sender.track)
    .find((each) => each?.kind === 'audio');
  if (track === undefined || track === null) return null;
  return { is_muted: track.muted, has_ended: track.readyState === 'ended', is_enabled: track.enabled };
}

/** Whether there is sound in both directions to judge. */
function isTalking(call: Call): boolean {
  return call.phase === 'running' && call.hold === 'talking';
}

/** What must be heard now. */
function ringOf(state: PhoneState): Ring | null {
  const busy = state.calls.some((call) => call.phase === 'running' || call.phase === 'answering');
  if (ringingCalls(state).some((call) => call.line.is !== 'silent')) return busy ? 'waiting' : 'call';
  const farEndRings = state.calls.some((call) => call.phase === 'dialling' && call.step === 'far_ringing');
  return farEndRings ? 'far_end' : null;
}
