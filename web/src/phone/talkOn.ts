/** Where the person talks: on this computer, or on a desk phone that the app controls. */

export type TalkOn =
  | { on: 'computer' }
  /** `chosen`: by the person, for this browser; otherwise the number went there, and this tab follows it. `device`: `null` while
   * one is as good as another. */
  | { on: 'desk_phone'; device: number | null; chosen: boolean };

const PREFIX = 'farend.talk_on';

/** Chosen once per person and browser; where the number went to the desk phone by itself, for this tab's life. */
export class TalkOnChoice {
  readonly #browser: Storage;
  readonly #tab: Storage;
  readonly #changed = new Set<() => void>();
  #person: number | null = null;
  #chosen: TalkOn = { on: 'computer' };

  constructor(browser: Storage, tab: Storage) {
    this.#browser = browser;
    this.#tab = tab;
  }

  /** Whose choice it is; `null`: nobody is signed in, and nothing is remembered. */
  person(): number | null {
    return this.#person;
  }
  belongTo(person: number | null): void {
    if (person === this.#person) return;
    this.#person = person;
    this.#become(this.#remembered());
  }

  chosen(): TalkOn {
    return this.#chosen;
  }
  subscribe(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }

  /** `device`: the desk phone's; `null`: this computer. */
  choose(device: number | null): void {
    const key = this.#key();
    if (key === null) return;
    this.#tab.removeItem(key);
    if (device === null) this.#browser.removeItem(key);
    else this.#browser.setItem(key, write(device));
    this.#become(this.#remembered());
  }

  /** Another tab has written what the browser remembers. */
  storageChanged(): void {
    const next = this.#remembered();
    if (JSON.stringify(next) !== JSON.stringify(this.#chosen)) this.#become(next);
  }

  /** The number has gone to the desk phone: this tab follows it. */
  follow(device: number | null): void {
    const key = this.#key();
    if (key === null || this.#chosen.on === 'desk_phone') return;
    this.#tab.setItem(key, write(device));
    this.#become(this.#remembered());
  }

  /** The number has left the desk phone that this tab has followed it to; what the person has chosen stays. */
  giveUp(): void {
    const key = this.#key();
    if (key === null || this.#chosen.on !== 'desk_phone' || this.#chosen.chosen) return;
    this.#tab.removeItem(key);
    this.#become(this.#remembered());
  }

  #remembered(): TalkOn {
    const key = this.#key();
    if (key === null) return { on: 'computer' };
    return (
      parse(this.#tab.getItem(key), false) ?? parse(this.#browser.getItem(key), true) ?? { on: 'computer' }
    );
  }

  /** On a shared computer the next person does not inherit what the last one chose. */
  #key(): string | null {
    return this.#person === null ? null : `${PREFIX}.${this.#person}`;
  }

  #become(next: TalkOn): void {
    this.#chosen = next;
    for (const changed of this.#changed) changed();
  }
}

function write(device: number | null): string {
  return device === null ? 'desk_phone' : `desk_phone:${device}`;
}

/** `null` where nothing is remembered. */
function parse(text: string | null, chosen: boolean): TalkOn | null {
  const device = /^desk_phone(?::(\d+))?$/.exec(text ?? '');
  if (device === null) return null;
  return { on: 'desk_phone', device: device[1] === undefined ? null : Number(device[1]), chosen };
}
