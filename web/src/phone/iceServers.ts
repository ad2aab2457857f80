/**
 * The servers that ICE may use besides our own candidates: the relay at the page's own address, for networks that let
 * nothing but TLS through, and STUN servers, for offices whose router must be opened from inside. Fetched beforehand and
 * renewed long before they expire; a call takes what is there.
 */
export interface RelayPass {
  username: string;
  credential: string;
  lifetime_s: number;
  expires_at: string;
  stun?: string[];
}

/** A pass is renewed after this part of its life. */
const RENEWED_AT = 0.5;
/** The least and the most that lies between two requests, in milliseconds. */
const RENEW_MIN_MS = 30_000;
const RENEW_MAX_MS = 12 * 3_600_000;
/** Browsers' timers do not reach further, in milliseconds. */
const TIMER_MAX_MS = 2 ** 31 - 1;
/** Waits after requests that failed, in milliseconds. */
const AGAIN_MS = [5_000, 30_000, 120_000] as const;
const AGAIN_LONGEST_MS = 600_000;

export class IceServers {
  #servers: readonly RTCIceServer[] = [];
  #expired: ReturnType<typeof setTimeout> | null = null;
  #renewal: ReturnType<typeof setTimeout> | null = null;
  /** Of the sign-in whose servers these are. */
  #turn = 0;
  readonly #relay: readonly string[];
  readonly #fetch: () => Promise<RelayPass>;

  /**
   * `origin` is the page's own. Over TLS the relay works only with a certificate that the browser trusts by itself; without TLS
   * it works wherever the page's name leads here, also when our candidates do not.
   */
  constructor(origin: string, fetch: () => Promise<RelayPass>) {
    const { protocol, hostname, port } = new URL(origin);
    const relay = `${hostname}:${port || '443'}?transport=tcp`;
    this.#relay = protocol === 'https:' ? [`turns:${relay}`, `turn:${relay}`] : [];
    this.#fetch = fetch;
  }

  current(): RTCIceServer[] {
    return [...this.#servers];
  }

  start(): void {
    this.stop();
    void this.#renew(0, this.#turn);
  }

  stop(): void {
    this.#turn += 1;
    this.#servers = [];
    this.#forgetTimers();
  }

  async #renew(failures: number, turn: number): Promise<void> {
    let pass: RelayPass | null = null;
    try {
      pass = await this.#fetch();
    } catch {
      // Calls go on without, or with what has not expired yet.
    }
    if (turn !== this.#turn) return;
    if (pass === null) {
      const wait_ms = AGAIN_MS[failures] ?? AGAIN_LONGEST_MS;
      this.#renewal = setTimeout(() => void this.#renew(failures + 1, turn), wait_ms);
      return;
    }
    this.#forgetTimers();
    this.#servers = this.#serversOf(pass);
    const life_ms = 1_000 * pass.lifetime_s;
    const wait_ms = Math.min(Math.max(RENEWED_AT * life_ms, RENEW_MIN_MS), RENEW_MAX_MS);
    this.#renewal = setTimeout(() => void this.#renew(0, turn), wait_ms);
    const { stun = [] } = pass;
    this.#expired = setTimeout(() => (this.#servers = stunServers(stun)), Math.min(life_ms, TIMER_MAX_MS));
  }

  #serversOf({ username, credential, stun = [] }: RelayPass): RTCIceServer[] {
    const relay = this.#relay.length === 0 ? [] : [{ urls: [...this.#relay], username, credential }];
    return [...stunServers(stun), ...relay];
  }

  #forgetTimers(): void {
    for (const timer of [this.#expired, this.#renewal]) if (timer !== null) clearTimeout(timer);
    this.#expired = null;
    this.#renewal = null;
  }
}

function stunServers(urls: readonly string[]): RTCIceServer[] {
  // One that no browser understands would make every call fail.
  const known = urls.filter((url) => /^stuns?:[^\s?]+$/.test(url));
  return known.length === 0 ? [] : [{ urls: known }];
}
