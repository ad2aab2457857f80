/** Where the person talks: on this computer, or on a desk phone that the app controls. */

export type TalkOn =
  | { on: 'computer' }
  /** `chosen`: by the person, for this browser; otherwise the number went there, and this tab follows it. `device`: `null` while
   * one is as good as another. */
  | { on: 'desk_phone'; device: number | null; chosen: boolean };

const KEY = 'farend.talk_on';

/** Chosen once per browser; where the number went to the desk phone by itself, for this tab's life. */
export class TalkOnChoice {
  readonly #browser: Storage;
  readonly #tab: Storage;
  readonly #changed = new Set<() => void>();
  #chosen: TalkOn;

  constructor(browser: Storage, tab: Storage) {
    this.#browser = browser;
    this.#tab = tab;
    this.#chosen = this.#remembered();
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
    this.#tab.removeItem(KEY);
    if (device === null) this.#browser.removeItem(KEY);
    else this.#browser.setItem(KEY, write(device));
    this.#become(this.#remembered());
  }

  /** Another tab has written what the browser remembers. */
  storageChanged(): void {
    const next = this.#remembered();
    if (JSON.stringify(next) !== JSON.stringify(this.#chosen)) this.#become(next);
  }

  /** The number has gone to the desk phone: this tab follows it. */
  follow(device: number | null): void {
    if (this.#chosen.on === 'desk_phone') return;
    this.#tab.setItem(KEY, write(device));
    this.#become(this.#remembered());
  }

  /** The number has left the desk phone that this tab has followed it to; what the person has chosen stays. */
  giveUp(): void {
    if (this.#chosen.on !== 'desk_phone' || this.#chosen.chosen) return;
    this.#tab.removeItem(KEY);
    this.#become(this.#remembered());
  }

  #remembered(): TalkOn {
    return (
      parse(this.#tab.getItem(KEY), false) ?? parse(this.#browser.getItem(KEY), true) ?? { on: 'computer' }
    );
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
