/** Where the person talks: on this computer, or on a desk phone that the app controls. */

export type TalkOn =
  | { on: 'computer' }
  /** `device`: `null` where nobody has chosen one; their number is there. */
  | { on: 'desk_phone'; device: number | null };

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
    this.#chosen = parse(tab.getItem(KEY) ?? browser.getItem(KEY));
  }

  chosen(): TalkOn {
    return this.#chosen;
  }
  subscribe(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }

  choose(next: TalkOn): void {
    this.#tab.removeItem(KEY);
    if (next.on === 'computer') this.#browser.removeItem(KEY);
    else this.#browser.setItem(KEY, write(next));
    this.#become(next);
  }

  /** The number has gone to the desk phone: this tab follows it. */
  follow(device: number | null): void {
    if (this.#chosen.on === 'desk_phone') return;
    const next: TalkOn = { on: 'desk_phone', device };
    this.#tab.setItem(KEY, write(next));
    this.#become(next);
  }

  #become(next: TalkOn): void {
    this.#chosen = next;
    for (const changed of this.#changed) changed();
  }
}

function write({ device }: Extract<TalkOn, { on: 'desk_phone' }>): string {
  return device === null ? 'desk_phone' : `desk_phone:${device}`;
}

function parse(text: string | null): TalkOn {
  const device = /^desk_phone(?::(\d+))?$/.exec(text ?? '');
  if (device === null) return { on: 'computer' };
  return { on: 'desk_phone', device: device[1] === undefined ? null : Number(device[1]) };
}
