/** One tab of a browser has the phone: the one that holds a lock (Web Locks). The next in line gets it when that one is closed. */

const LOCK = 'farend.phone';

/** The part of the browser's `LockManager` that this needs. */
export interface Locks {
  request(
    name: string,
    options: { steal?: boolean; signal?: AbortSignal },
    held: () => Promise<void>,
  ): Promise<unknown>;
  query(): Promise<{ held?: { name?: string }[] }>;
}

export class LeadingTab {
  readonly #locks: Locks | null;
  #leads = false;
  #member: { changed: (leads: boolean) => void; leave: () => void } | null = null;

  /** `locks`: `null` in browsers without them, where every tab leads. */
  constructor(locks: Locks | null) {
    this.#locks = locks;
  }

  /** Tells whether this tab has the phone, now and whenever that changes. Returns the function that gives it up. */
  join(changed: (leads: boolean) => void): () => void {
    this.#member?.leave();
    if (this.#locks === null) {
      changed(true);
      return () => undefined;
    }
    this.#member = { changed, leave: () => undefined };
    const leave = () => {
      this.#member?.leave();
      this.#member = null;
    };
    this.#wait();
    // Whoever only stands in line should know it soon.
    void this.#locks.query().then(({ held }) => {
      if (this.#member?.changed === changed && held?.some(({ name }) => name === LOCK) === true)
        changed(this.#leads);
    });
    return leave;
  }

  /** Takes the phone from the tab that has it. */
  takeOver(): void {
    this.#ask({ steal: true });
  }

  /** Stands in line. */
  #wait(): void {
    const waiting = new AbortController();
    this.#ask({ signal: waiting.signal }, () => waiting.abort());
  }

  #ask(how: { steal?: boolean; signal?: AbortSignal }, giveUp: () => void = () => undefined): void {
    const member = this.#member;
    if (member === null || this.#locks === null) return;
    member.leave();
    let release: () => void = () => undefined;
    let left = false;
    member.leave = () => {
      left = true;
      this.#leads = false;
      giveUp();
      release();
    };
    const lead = () => {
      if (left) return Promise.resolve();
      this.#leads = true;
      member.changed(true);
      return new Promise<void>((resolve) => (release = resolve));
    };
    this.#locks.request(LOCK, how, lead).catch(() => {
      // Given up, or another tab has taken it: then stand in line again.
      if (left || this.#member !== member) return;
      this.#leads = false;
      member.changed(false);
      this.#wait();
    });
  }
}
