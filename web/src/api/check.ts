/**
 * The REST adapter's part about the audio check. It stands apart from the rest, because guests use it with nothing but a link: their
 * token goes into the header of these requests and nowhere else.
 */
import { Refused, ServerAway, type Fetch } from './client.ts';
import type { components } from './schema.d.ts';
import type { Problem } from './types.ts';

type Schemas = components['schemas'];
/** Everything is said, also what is not known. */
type Told<T> = T extends readonly (infer Each)[]
  ? Told<Each>[]
  : T extends object
    ? { [Key in keyof T]-?: Told<Exclude<T[Key], undefined>> }
    : T;

export type Way = Schemas['CheckWay'];
export type Permission = Schemas['CheckPermission'];
export type Verdict = Schemas['CheckOutcome'];
export type Severity = Schemas['FindingSeverity'];
export type CheckTask = Schemas['CheckTask'];
/** What the page needs to know before it begins. */
export type CheckAbout = Schemas['CheckPage'];
export type CheckBrowser = Schemas['CheckBrowser'];
export type Reached = Told<Schemas['CheckReached']>;
export type Candidate = Told<Schemas['CheckCandidate']>;
export type Gathering = Told<Schemas['CheckGathering']>;
export type Echo = Told<Schemas['CheckEchoFound']>;
export type WayTest = Told<Schemas['CheckWayTest']>;
export type Bandwidth = Schemas['CheckBandwidth'];
export type MicrophoneCheck = Told<Schemas['CheckMicrophone']>;
export type SpeakerCheck = Told<Schemas['CheckSpeaker']>;
export type HeadsetCheck = Told<Schemas['CheckHeadset']>;
/** One run of the page. Whatever was not tried, or not finished, is `null` or not in its list; the server knows when it was. */
export type Check = Told<Omit<Schemas['Check'], 'at'>>;
/** Something that is wrong, in the words of the server. */
export type CheckFinding = Schemas['Finding'];
/** What the server makes of a check. */
export type CheckVerdict = Schemas['CheckVerdict'];
/** What the server has received of an echo. */
export type EchoSeen = Schemas['CheckEchoHeard'];

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
    async beginEcho(way: Way, offer: string): Promise<Schemas['CheckEcho']> {
      const wanted: Schemas['WantedEcho'] = { way, offer };
      return (await (await post('/echo', wanted)).json()) as Schemas['CheckEcho'];
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
