/** How fast the page itself, and a WebSocket, are reached. */
import { Refused } from '../api/client.ts';
import type { CheckAbout, CheckApi, Reached } from '../api/check.ts';

/** A page that was loaded longer ago than this came over another network, for all we know, in milliseconds. */
const FRESH_MS = 60_000;
/** How long the WebSocket may take, in milliseconds. */
export const WEBSOCKET_MAX_MS = 7_500;

export interface PageMeasured {
  page: Reached | null;
  /** By how much our clock is behind the server's, in milliseconds. */
  clock_behind_ms: number | null;
  about: CheckAbout | null;
}

export async function measurePage(api: CheckApi): Promise<PageMeasured> {
  const from = performance.now();
  try {
    const about = await api.about();
    const took_ms = Math.round(performance.now() - from);
    const server = Date.parse(about.server_time);
    // The server has written its time about half of the way ago.
    const clock_behind_ms = Number.isNaN(server) ? null : Math.round(server + took_ms / 2 - Date.now());
    const page = { is_reached: true, took_ms: pageTime() ?? took_ms, error: null };
    return { page, clock_behind_ms, about };
  } catch (error) {
    // A server that says no has been reached.
    const is_reached = error instanceof Refused;
    const page = { is_reached, took_ms: Math.round(performance.now() - from), error: words(error) };
    return { page, clock_behind_ms: null, about: null };
  }
}

/** How long the page itself took to arrive, where it has just done so. */
function pageTime(): number | null {
  const [entry] = performance.getEntriesByType('navigation');
  if (!(entry instanceof PerformanceNavigationTiming) || performance.now() > FRESH_MS) return null;
  return entry.responseEnd > 0 ? Math.round(entry.responseEnd - entry.startTime) : null;
}

export type OpenSocket = (url: string, protocols: string[]) => WebSocket;

/** Opens one, and waits for a word to come back. */
export function openWebSocket(
  api: CheckApi,
  open: OpenSocket = (url, protocols) => new WebSocket(url, protocols),
): Promise<Reached> {
  const from = performance.now();
  return new Promise((resolve) => {
    const { url, protocols } = api.webSocket();
    let socket: WebSocket | null = null;
    const end = (is_reached: boolean, error: string | null) => {
      clearTimeout(timer);
      socket?.close();
      resolve({ is_reached, took_ms: Math.round(performance.now() - from), error });
    };
    const timer = setTimeout(() => end(false, 'no answer in time'), WEBSOCKET_MAX_MS);
    try {
      socket = open(url, protocols);
    } catch (error) {
      end(false, words(error));
      return;
    }
    const opened = socket;
    opened.addEventListener('open', () => opened.send('check'));
    opened.addEventListener('message', () => end(true, null));
    // Browsers tell pages nothing more about it.
    opened.addEventListener('close', ({ code }) => end(false, `closed with ${code}`));
  });
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
