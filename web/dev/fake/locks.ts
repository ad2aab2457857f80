/** The locks that a browser's tabs share (Web Locks), played: one name is enough. */
import type { Locks } from '../../src/phone/leadingTab.ts';

interface Holder {
  rob: () => void;
}

export class FakeLocks implements Locks {
  #held: Holder | null = null;
  readonly #waiting: { begin: () => void; signal: AbortSignal | undefined }[] = [];

  request(
    _name: string,
    { steal, signal }: { steal?: boolean; signal?: AbortSignal },
    held: () => Promise<void>,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        const holder: Holder = { rob: () => reject(new DOMException('stolen', 'AbortError')) };
        this.#held = holder;
        void held().then(() => {
          if (this.#held === holder) this.#next();
          resolve();
        });
      };
      if (steal === true) {
        const robbed = this.#held;
        begin();
        robbed?.rob();
      } else if (this.#held === null) begin();
      else {
        this.#waiting.push({ begin, signal });
        signal?.addEventListener('abort', () => reject(new DOMException('given up', 'AbortError')));
      }
    });
  }

  query(): Promise<{ held: { name: string }[] }> {
    return Promise.resolve({ held: this.#held === null ? [] : [{ name: 'farend.phone' }] });
  }

  /** Another tab takes the lock, or lets go of it. */
  takeElsewhere(): () => void {
    let release: () => void = () => undefined;
    this.request('farend.phone', { steal: true }, () => new Promise((resolve) => (release = resolve))).catch(
      () => undefined,
    );
    return () => release();
  }

  #next(): void {
    this.#held = null;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (next.signal?.aborted === true) continue;
      next.begin();
      return;
    }
  }
}
