/**
 * The REST adapter's part about the audio check. It stands apart from the rest, because guests use it with nothing but a link: their
 * token goes into the header of these requests and nowhere else.
 *
 * Types are written by hand until the server's document has them; they are `doctor::evidence::Check` and what is made of it.
 */
import { Refused, ServerAway, type Fetch } from './client.ts';
import type { Problem } from './types.ts';

export type Way = 'udp' | 'tcp' | 'tls';
export type Permission = 'granted' | 'denied' | 'unanswered' | 'blocked';
export type Verdict = 'good' | 'fair' | 'poor' | 'unknown';
export type Severity = 'note' | 'warning' | 'problem';

export type CheckTask =
  | 'page'
  | 'websocket'
  | 'candidates'
  | 'ways'
  | 'bandwidth'
  | 'permission'
  | 'microphone'
  | 'speaker'
  | 'playback'
  | 'headset';

/** What the page needs to know before it begins. */
export interface CheckAbout {
  is_guest: boolean;
  /** What the administrator has called the link, or the person's name. */
  label: string | null;
  expires_at: string | null;
  server_time: string;
  /** As ICE writes them: the server's own probes, then the configured servers. */
  stun: string[];
  /** Our relay, for the way inside TLS. */
  ice: RTCIceServer[];
  /** The address by which the server sees this browser. */
  seen_as: string;
  locality: string;
  tasks: CheckTask[];
}

export interface CheckBrowser {
  name: string;
  system: string;
  missing: string[];
  is_insecure: boolean;
}

export interface Reached {
  is_reached: boolean;
  took_ms: number;
  error: string | null;
}

export interface Candidate {
  kind: 'host' | 'server_reflexive' | 'peer_reflexive' | 'relay';
  protocol: 'udp' | 'tcp';
  /** `null` where the browser hides it. */
  address: string | null;
  port: number;
  /** `address:port` of its base. */
  related: string | null;
  related_port: number | null;
  server: string | null;
  network: string | null;
}

export interface Gathering {
  servers: string[];
  candidates: Candidate[];
  is_complete: boolean;
  took_ms: number;
}

export interface Echo {
  is_heard: boolean;
  lasted_ms: number;
  round_trip_ms: number;
  jitter_ms: number;
  loss_there_percent: number;
  loss_back_percent: number;
}

export interface WayTest {
  way: Way;
  is_connected: boolean;
  took_ms: number;
  echo: Echo | null;
}

export interface Bandwidth {
  up_kbit: number;
  down_kbit: number;
}

export interface MicrophoneCheck {
  devices: number;
  label: string;
  peak_dbfs: number | null;
  has_spoken: boolean;
  is_muted: boolean;
  has_ended: boolean;
}

export interface SpeakerCheck {
  devices: number | null;
  label: string;
  is_heard: boolean | null;
  is_recording_heard: boolean | null;
  error: string | null;
}

export interface HeadsetCheck {
  name: string;
  state: 'works' | 'silent' | 'unopened' | 'untried';
  is_integrated: boolean;
  owner: 'unknown' | 'other_tab';
}

/** One run of the page. Whatever was not tried, or not finished, is `null` or not in its list. */
export interface Check {
  took_ms: number;
  browser: CheckBrowser;
  page: Reached | null;
  websocket: Reached | null;
  gathering: Gathering | null;
  ways: WayTest[];
  bandwidth: Bandwidth | null;
  permission: Permission | null;
  microphone: MicrophoneCheck | null;
  speaker: SpeakerCheck | null;
  headset: HeadsetCheck | null;
  clock_behind_ms: number | null;
}

/** Something that is wrong, in the words of the server. */
export interface CheckFinding {
  id: string;
  rule: string;
  severity: Severity;
  culprit_text: string;
  sentence: string;
  evidence: { text: string }[];
  possible: string;
  fix: string[];
  retest: string;
}

/** What the server makes of a check. */
export interface CheckVerdict {
  id: string;
  at: string;
  who: { extension: string | null; name: string; label: string | null };
  verdict: Verdict;
  /** One sentence. */
  headline: string;
  /** The worst first. */
  findings: CheckFinding[];
  /** Where the help desk sees it; begins with `/`. */
  link: string;
}

/** What the server has received of an echo. */
export interface EchoSeen {
  packets: number;
  lost: number;
  jitter_ms: number;
  is_tone_heard: boolean;
}

export type CheckApi = ReturnType<typeof createCheckApi>;

/** Names the guest's token; the server writes no header of that name into its logs. */
const TOKEN_HEADER = 'Farend-Check';

/** `token`: a guest's; `null` for somebody who is signed in. */
export function createCheckApi(fetch: Fetch, origin: string, token: string | null) {
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const request = new Request(`${origin}/api/v1/check${path}`, {
      // A guest is nobody else, even in a browser in which somebody is signed in.
      credentials: token === null ? 'same-origin' : 'omit',
      cache: 'no-store',
      ...init,
    });
    if (token !== null) request.headers.set(TOKEN_HEADER, token);
    let response: Response;
    try {
      response = await fetch(request);
    } catch (cause) {
      throw new ServerAway(cause);
    }
    if (response.ok) return response;
    throw new Refused(response, await problemOf(response));
  };
  const post = (path: string, body: unknown, signal?: AbortSignal): Promise<Response> =>
    ask(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
      signal,
    });
  return {
    async about(): Promise<CheckAbout> {
      return (await (await ask('')).json()) as CheckAbout;
    },
    /** Begins an echo by one way alone. */
    async beginEcho(way: Way, offer: string): Promise<{ id: string; answer: string }> {
      return (await (await post('/echo', { way, offer })).json()) as { id: string; answer: string };
    },
    async echoSeen(id: string): Promise<EchoSeen> {
      return (await (await ask(`/echo/${encodeURIComponent(id)}`)).json()) as EchoSeen;
    },
    async endEcho(id: string): Promise<void> {
      await ask(`/echo/${encodeURIComponent(id)}`, { method: 'DELETE' });
    },
    /** As many bytes that mean nothing. */
    download(size: number, signal: AbortSignal): Promise<Response> {
      return ask(`/bytes?size=${size}`, { signal });
    },
    async upload(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
      await ask('/bytes', {
        method: 'POST',
        body: bytes,
        headers: { 'Content-Type': 'application/octet-stream' },
        signal,
      });
    },
    /** What the server makes of it, in this language. */
    async report(check: Check, language: string): Promise<CheckVerdict> {
      const query = `?language=${encodeURIComponent(language)}`;
      return (await (await post(`/results${query}`, check)).json()) as CheckVerdict;
    },
    /** Where the WebSocket is that sends back what it gets, and how one asks for it. */
    webSocket(): { url: string; protocols: string[] } {
      const url = new URL('/api/v1/check/ws', origin);
      url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
      return { url: url.href, protocols: token === null ? [] : [token] };
    },
    /** The whole address of what the server calls `link`. */
    address(link: string): string {
      return new URL(link, origin).href;
    },
  };
}

async function problemOf(response: Response): Promise<Partial<Problem>> {
  try {
    return (await response.json()) as Partial<Problem>;
  } catch {
    return {};
  }
}
