/** The phone on the desk, under control by REST (computer telephony integration): no registration, no microphone, no sound. */
import type { LiveCall } from '../api/types.ts';
import type { CallId, Party, PhoneState } from './calls.ts';
import type { Phone } from './phone.ts';
import { initialRemote, reduceRemote, type Remote, type RemoteEvent, type Request } from './remote.ts';
import { phoneStateOf } from './remote/shown.ts';

/** What is asked of the server; every function rejects when it says no. */
export interface CallControl {
  /** Returns the call's id. */
  dialAt(device: number, number: string): Promise<string>;
  callAt(call: CallId, what: 'answer', device: number): Promise<void>;
  controlCall(call: CallId, what: 'decline' | 'hold' | 'resume' | 'hang-up'): Promise<void>;
  sendDigits(call: CallId, digits: string): Promise<void>;
  transferCall(call: CallId, number: string): Promise<void>;
}

/** How long a request waits for the one before it, in milliseconds: hanging up must not wait for what got stuck. */
const TURN_MS_MAX = 2_000;

export class DeskPhone implements Phone {
  readonly media = null;
  readonly #control: CallControl;
  readonly #changed = new Set<() => void>();
  #remote: Remote = initialRemote;
  #state: PhoneState = phoneStateOf(initialRemote);
  #trouble: Error | null = null;
  /** Requests go out in the order in which keys were pressed. */
  #turn: Promise<void> = Promise.resolve();
  /** Counts whose requests these are: what one person asked for concerns no other. */
  #sessions = 0;

  constructor(control: CallControl) {
    this.#control = control;
  }

  state(): PhoneState {
    return this.#state;
  }
  subscribe(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }

  /** The last refusal that no call shows by itself. */
  trouble(): Error | null {
    return this.#trouble;
  }
  forgetTrouble(): void {
    this.#become(this.#remote, null);
  }

  /** The phone under control from now on. */
  use(phone: Remote['phone']): void {
    this.#dispatch({ type: 'PhoneChosen', phone });
  }
  /** The server's word about all of one's calls. */
  told(calls: readonly LiveCall[]): void {
    this.#dispatch({ type: 'Told', calls, at: Date.now() });
  }
  /** The server's news do not come any more; they begin with `told`. */
  lost(): void {
    this.#dispatch({ type: 'Lost' });
  }

  /** Forgets everything, with what waits to be asked: the next person has other calls. */
  forget(): void {
    this.#sessions += 1;
    this.#turn = Promise.resolve();
    this.#become(initialRemote, null);
  }

  dial(party: Party): void {
    this.#dispatch({ type: 'Dialled', call: crypto.randomUUID(), party, at: Date.now() });
  }
  answer(call: CallId): void {
    this.#dispatch({ type: 'Pressed', call, what: 'answer' });
  }
  reject(call: CallId): void {
    this.#dispatch({ type: 'Pressed', call, what: 'decline' });
  }
  hangUp(call: CallId): void {
    this.#dispatch({ type: 'Pressed', call, what: 'hang_up' });
  }
  toggleHold(call: CallId): void {
    this.#dispatch({ type: 'Pressed', call, what: 'toggle_hold' });
  }
  toggleMute(): void {
    // Its own key mutes it.
  }
  press(call: CallId, tone: string): void {
    this.#dispatch({ type: 'TonePressed', call, tone });
  }
  transfer(call: CallId, to: Party): void {
    this.#dispatch({ type: 'TransferPressed', call, to });
  }
  dismiss(call: CallId): void {
    this.#dispatch({ type: 'Forgotten', call });
  }
  reconnect(): void {
    // It is the phone that connects.
  }

  #dispatch(event: RemoteEvent): void {
    const session = this.#sessions;
    const { remote, requests } = reduceRemote(this.#remote, event);
    this.#become(remote, this.#trouble);
    for (const request of requests) {
      if (request.do === 'ForgetLater') {
        setTimeout(() => this.#dispatch({ type: 'Forgotten', call: request.call }), request.delay_ms);
      } else {
        this.#turn = soon(this.#turn).then(() =>
          session === this.#sessions ? this.#ask(request) : undefined,
        );
      }
    }
  }

  #become(remote: Remote, trouble: Error | null): void {
    if (remote === this.#remote && trouble === this.#trouble) return;
    this.#remote = remote;
    this.#trouble = trouble;
    this.#state = phoneStateOf(remote);
    for (const changed of this.#changed) changed();
  }

  async #ask(request: Exclude<Request, { do: 'ForgetLater' }>): Promise<void> {
    const session = this.#sessions;
    try {
      await this.#send(request);
    } catch (cause) {
      if (session !== this.#sessions) return;
      this.#dispatch({ type: 'Refused', call: request.call });
      // Calls themselves show what became of these.
      const isShown =
        request.do === 'Transfer' ||
        (request.do === 'Control' && (request.what === 'hold' || request.what === 'resume'));
      if (!isShown && cause instanceof Error) this.#become(this.#remote, cause);
    }
  }

  async #send(request: Exclude<Request, { do: 'ForgetLater' }>): Promise<void> {
    switch (request.do) {
      case 'Dial': {
        this.forgetTrouble();
        const call = await this.#control.dialAt(request.device, request.number);
        this.#dispatch({ type: 'Begun', id: request.call, call });
        return;
      }
      case 'Answer':
        return this.#control.callAt(request.call, 'answer', request.device);
      case 'Control':
        return this.#control.controlCall(request.call, request.what);
      case 'SendDigits':
        return this.#control.sendDigits(request.call, request.digits);
      case 'Transfer':
        return this.#control.transferCall(request.call, request.number);
    }
  }
}

function soon(turn: Promise<void>): Promise<void> {
  return Promise.race([turn, new Promise<void>((resolve) => setTimeout(resolve, TURN_MS_MAX))]);
}
