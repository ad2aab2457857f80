/**
 * Hold of one call: which way its sound shall go, until the far end agrees. An offer of ours can meet one of theirs
 * (glare); then both sides wait, for times that differ, and the call goes on meanwhile.
 *
 *     settled ─ want ─► offering ─► settled
 *                         ▲  │ not now
 *                         └ waiting
 */

/** What became of an offer. */
export type Outcome =
  | { is: 'agreed' }
  /** Not now: another offer was open, or ours never arrived. `wait_ms`: when the far end has said how long. */
  | { is: 'not_now'; wait_ms: number | null }
  | { is: 'refused' };

/** What hold needs of the session. */
export interface Offering {
  /** Whether an offer can be sent at all: the server is there, and no other exchange runs. */
  ready(): boolean;
  offer(hold: boolean): Promise<Outcome>;
}

export interface HoldListener {
  agreed(held: boolean): void;
  /** It stays as it was. */
  refused(): void;
}

/** Offers that are made for one wish. */
const TRIES_MAX = 4;
/** How often and how many times a wish waits until an offer can be sent, in milliseconds. */
const READY_WAIT_MS = 100;
const READY_WAITS_MAX = 30;

type Step =
  | { is: 'settled' }
  | { is: 'offering' }
  | { is: 'waiting'; timer: ReturnType<typeof setTimeout> }
  | { is: 'over' };

export class Hold {
  #step: Step = { is: 'settled' };
  #wanted = false;
  #agreed = false;
  #tries = 0;
  #waits = 0;
  readonly #owner: boolean;
  readonly #offering: Offering;
  readonly #listener: HoldListener;

  /** `owner`: whether we began the dialog; of two sides that met, it waits longer. */
  constructor(owner: boolean, offering: Offering, listener: HoldListener) {
    this.#owner = owner;
    this.#offering = offering;
    this.#listener = listener;
  }

  /** Whether the microphone must be silent: from the wish to hold until the far end has agreed to go on. */
  get silent(): boolean {
    return this.#wanted || this.#agreed;
  }

  /** Whether an offer of ours is open, so that one of theirs has to wait. */
  get isOffering(): boolean {
    return this.#step.is === 'offering';
  }

  want(held: boolean): void {
    this.#wanted = held;
    switch (this.#step.is) {
      case 'settled':
        this.#tries = 0;
        this.#waits = 0;
        this.#proceed();
        return;
      case 'waiting':
        // A wish that has come true by itself need not wait.
        if (held === this.#agreed) this.#proceed();
        return;
      case 'offering':
      case 'over':
        return;
    }
  }

  /** The call is over. */
  stop(): void {
    if (this.#step.is === 'waiting') clearTimeout(this.#step.timer);
    this.#step = { is: 'over' };
  }

  #proceed(): void {
    if (this.#step.is === 'waiting') clearTimeout(this.#step.timer);
    this.#step = { is: 'settled' };
    if (this.#wanted === this.#agreed) {
      this.#listener.agreed(this.#agreed);
    } else if (this.#offering.ready()) {
      void this.#offer(this.#wanted);
    } else if (this.#waits < READY_WAITS_MAX) {
      this.#waits += 1;
      this.#wait(READY_WAIT_MS);
    } else {
      this.#giveUp();
    }
  }

  async #offer(held: boolean): Promise<void> {
    this.#step = { is: 'offering' };
    this.#tries += 1;
    const outcome = await this.#offering.offer(held);
    if (this.#isOver()) return;
    this.#step = { is: 'settled' };
    switch (outcome.is) {
      case 'agreed':
        this.#agreed = held;
        this.#proceed();
        return;
      case 'not_now':
        if (this.#tries < TRIES_MAX) this.#wait(outcome.wait_ms ?? this.#glareWait());
        else this.#giveUp();
        return;
      case 'refused':
        this.#giveUp();
    }
  }

  /** Apart from `#offer`, of which the compiler believes that nothing happens while it waits. */
  #isOver(): boolean {
    return this.#step.is === 'over';
  }

  #wait(wait_ms: number): void {
    this.#step = { is: 'waiting', timer: setTimeout(() => this.#proceed(), wait_ms) };
  }

  /** RFC 3261 section 14.1, in its steps of 10 ms. */
  #glareWait(): number {
    const [from, steps] = this.#owner ? [2_100, 191] : [0, 201];
    return from + 10 * Math.floor(steps * Math.random());
  }

  #giveUp(): void {
    // Whoever has changed their mind meanwhile has what they want.
    const asked = this.#wanted !== this.#agreed;
    this.#wanted = this.#agreed;
    if (asked) this.#listener.refused();
    else this.#listener.agreed(this.#agreed);
  }
}
