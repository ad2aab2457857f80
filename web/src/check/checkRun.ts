/** Carries the check's commands out through its instruments, and tells the state what has come of it. */
import { Refused, ServerAway } from '../api/client.ts';
import type { CheckApi, Way } from '../api/check.ts';
import { MicrophoneError } from '../phone/media.ts';
import type { Attempt, Instruments } from './instruments.ts';
import {
  deadline,
  initialCheck,
  step,
  type CheckCommand,
  type CheckEvent,
  type CheckState,
  type Refusal,
} from './state.ts';

export class CheckRun {
  readonly #api: CheckApi;
  readonly #instruments: Instruments;
  readonly #language: () => string;
  readonly #changed = new Set<() => void>();
  readonly #attempts = new Map<Way, Attempt>();
  #state: CheckState = initialCheck;
  #callOff: () => void = () => undefined;
  /** Which run counts; what an older one finds comes too late. */
  #turn = 0;
  /** Gives up that this is the only tab. */
  #leave: (() => void) | null = null;

  /** `language`: in which the result is wanted. */
  constructor(api: CheckApi, instruments: Instruments, language: () => string) {
    this.#api = api;
    this.#instruments = instruments;
    this.#language = language;
  }

  state(): CheckState {
    return this.#state;
  }

  subscribe(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }

  /** Asks what there is to check. */
  load(): void {
    this.dispatch({ type: 'LoadWanted' });
  }

  /** Begins, or begins again; `false`: another tab does so already. */
  async start(): Promise<boolean> {
    // Before anything is waited for: the click lets the page make sound.
    this.#instruments.begin();
    this.#leave ??= await this.#instruments.beAlone();
    if (this.#leave === null) return false;
    this.#turn += 1;
    this.dispatch({
      type: 'Started',
      abilities: this.#instruments.abilities(),
      at: this.#instruments.clock.now(),
    });
    return true;
  }

  /** The person leaves. */
  stop(): void {
    this.#turn += 1;
    this.#callOff();
    this.#attempts.clear();
    this.#instruments.end();
    this.#leave?.();
    this.#leave = null;
    this.#state = initialCheck;
  }

  dispatch(event: CheckEvent): void {
    const { state, commands } = step(this.#state, event);
    const before = this.#state;
    this.#state = state;
    for (const command of commands) this.#do(command);
    this.#wait();
    if (state !== before) for (const changed of this.#changed) changed();
  }

  #wait(): void {
    this.#callOff();
    const { clock } = this.#instruments;
    const due = deadline(this.#state);
    if (due === null) return;
    const passed = () => this.dispatch({ type: 'TimePassed', at: clock.now() });
    this.#callOff = clock.after(Math.max(0, due - clock.now()), passed);
  }

  #do(command: CheckCommand): void {
    const { sound, headset } = this.#instruments;
    const now = () => this.#instruments.clock.now();
    switch (command.do) {
      case 'Load':
        void this.#load();
        return;
      case 'Begin':
        this.#attempts.clear();
        sound.close();
        headset.close();
        return;
      case 'MeasurePage': {
        this.#tell(this.#instruments.measurePage(), (found) => ({
          type: 'PageMeasured',
          ...found,
          at: now(),
        }));
        return;
      }
      case 'OpenWebSocket': {
        this.#tell(this.#instruments.openWebSocket(), (websocket) => ({
          type: 'WebSocketMeasured',
          websocket,
          at: now(),
        }));
        return;
      }
      case 'Gather': {
        const gathering = this.#instruments.gather(command.servers).catch(() => null);
        this.#tell(gathering, (found) => ({ type: 'Gathered', gathering: found, at: now() }));
        return;
      }
      case 'MeasureBandwidth': {
        const bandwidth = this.#instruments.measureBandwidth().catch(() => null);
        this.#tell(bandwidth, (found) => ({ type: 'BandwidthMeasured', bandwidth: found, at: now() }));
        return;
      }
      case 'TryWay': {
        this.#tryWay(command.way);
        return;
      }
      case 'FinishWay': {
        this.#finishWay(command.way);
        return;
      }
      case 'OpenMicrophone':
        return void this.#openMicrophone(command.device);
      case 'PlayTone': {
        this.#tell(sound.playTone(command.device), (played) => ({
          type: 'TonePlayed',
          ...played,
          at: now(),
        }));
        return;
      }
      case 'Record': {
        this.#record(command.device);
        return;
      }
      case 'OpenHeadset': {
        const pressed = this.#teller(() => ({ type: 'HeadsetPressed', at: now() }));
        this.#tell(headset.open(pressed), (found) => ({
          type: 'HeadsetCame',
          name: found?.name ?? null,
          is_open: found?.is_open ?? false,
          at: now(),
        }));
        return;
      }
      case 'CloseSound':
        sound.close();
        headset.close();
        return;
      case 'Send': {
        this.#tell(
          this.#api.report(command.check, this.#language()).then(
            (verdict): CheckEvent => ({ type: 'Sent', verdict }),
            (error: unknown): CheckEvent => ({ type: 'SendFailed', why: refusalOf(error) }),
          ),
          (event) => event,
        );
        return;
      }
    }
  }

  async #load(): Promise<void> {
    const turn = this.#turn;
    let event: CheckEvent;
    try {
      event = { type: 'AboutCame', about: await this.#api.about() };
    } catch (error) {
      event = { type: 'AboutRefused', why: refusalOf(error) };
    }
    if (turn === this.#turn) this.dispatch(event);
  }

  #tryWay(way: Way): void {
    if (this.#state.phase !== 'running') return;
    const connected = this.#teller(() => ({ type: 'WayConnected', way, at: this.#instruments.clock.now() }));
    const blocked = this.#teller(() => ({
      type: 'WayFailed',
      way,
      because: 'blocked',
      at: this.#instruments.clock.now(),
    }));
    const untried = this.#teller(() => ({
      type: 'WayFailed',
      way,
      because: 'untried',
      at: this.#instruments.clock.now(),
    }));
    const failed = (because: 'blocked' | 'untried') => (because === 'blocked' ? blocked() : untried());
    this.#attempts.set(way, this.#instruments.tryWay(way, this.#state.run.about, { connected, failed }));
  }

  #finishWay(way: Way): void {
    const echo = this.#attempts.get(way)?.finish() ?? Promise.resolve(null);
    this.#attempts.delete(way);
    this.#tell(
      echo.catch(() => null),
      (found) => ({ type: 'WayClosed', way, echo: found, at: this.#instruments.clock.now() }),
    );
  }

  async #openMicrophone(device: string | null): Promise<void> {
    const { sound } = this.#instruments;
    const turn = this.#turn;
    const told = (event: CheckEvent) => {
      if (turn === this.#turn) this.dispatch(event);
    };
    const now = () => this.#instruments.clock.now();
    try {
      const found = await sound.openMicrophone(device, {
        level: (peak_dbfs) => told({ type: 'LevelHeard', peak_dbfs, at: now() }),
        muted: (is_muted) => told({ type: 'MicrophoneMuted', is_muted, at: now() }),
        ended: () => told({ type: 'MicrophoneEnded', at: now() }),
      });
      told({ type: 'MicrophoneCame', ...found, at: now() });
    } catch (error) {
      const problem = error instanceof MicrophoneError ? error.problem : 'failed';
      const devices = problem === 'missing' ? 0 : await sound.countMicrophones();
      told({ type: 'MicrophoneRefused', problem, devices, at: now() });
    }
  }

  #record(device: string | null): void {
    const plays = this.#teller(() => ({ type: 'RecordingPlays', at: this.#instruments.clock.now() }));
    const failed = (error: unknown) => ({ devices: null, label: '', error: String(error) });
    this.#tell(this.#instruments.sound.recordAndPlay(device, plays).catch(failed), (played) => ({
      type: 'RecordingPlayed',
      ...played,
      at: this.#instruments.clock.now(),
    }));
  }

  /** Tells what a promise brings, if the run still counts then. */
  #tell<T>(promise: Promise<T>, event: (value: T) => CheckEvent): void {
    const turn = this.#turn;
    void promise.then((value) => {
      if (turn === this.#turn) this.dispatch(event(value));
    });
  }

  #teller(event: () => CheckEvent): () => void {
    const turn = this.#turn;
    return () => {
      if (turn === this.#turn) this.dispatch(event());
    };
  }
}

export function refusalOf(error: unknown): Refusal {
  if (error instanceof ServerAway) return 'away';
  if (!(error instanceof Refused)) return 'failed';
  switch (error.status) {
    case 401:
    case 403:
    case 404:
    case 410:
      return 'expired';
    case 429:
    case 503:
      return 'busy';
    default:
      return 'failed';
  }
}
