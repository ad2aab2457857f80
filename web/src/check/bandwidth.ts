/** What the line carries, by sending and fetching ever more bytes for a moment. */
import type { Bandwidth, CheckApi } from '../api/check.ts';

/** Sizes of what is fetched and sent, one after the other, in bytes. The server takes and gives 1 MB at most. */
const SIZES = [64_000, 256_000, 1_000_000, 1_000_000] as const;
/** Nothing further begins after this, in milliseconds. */
const ENOUGH_MS = 1_200;
/** What is under way then is broken off, in milliseconds. */
const LONGEST_MS = 2_800;

/** `null`: it could not be measured. */
export async function measureBandwidth(api: CheckApi): Promise<Bandwidth | null> {
  const down = await measure((size, signal, moved) => fetchBytes(api, size, signal, moved));
  const up = await measure(async (size, signal, moved) => {
    await api.upload(randomBytes(size), signal);
    moved(size);
  });
  return down === null || up === null ? null : { up_kbit: up, down_kbit: down };
}

type Transfer = (size: number, signal: AbortSignal, moved: (bytes: number) => void) => Promise<void>;

/**
 * The fastest transfer, in kilobits per second: short ones mostly wait. One that does not end in time tells at least what cannot have
 * been exceeded: the line was given all of it.
 */
async function measure(transfer: Transfer): Promise<number | null> {
  const began = performance.now();
  let best: number | null = null;
  for (const size of SIZES) {
    const from = performance.now();
    if (from - began > ENOUGH_MS) break;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), LONGEST_MS - (from - began));
    let bytes = 0;
    try {
      await transfer(size, abort.signal, (moved) => (bytes += moved));
    } catch {
      if (!abort.signal.aborted) return best;
      // How much of it has left the computer, nobody tells.
      if (bytes === 0) bytes = best === null ? size : 0;
    } finally {
      clearTimeout(timer);
    }
    if (bytes > 0) best = Math.max(best ?? 0, rate(bytes, performance.now() - from));
    if (abort.signal.aborted) break;
  }
  return best;
}

async function fetchBytes(
  api: CheckApi,
  size: number,
  signal: AbortSignal,
  moved: (bytes: number) => void,
): Promise<void> {
  const { body } = await api.download(size, signal);
  if (body === null) return;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    moved(value.byteLength);
  }
}

function rate(bytes: number, took_ms: number): number {
  return Math.round((bytes * 8) / Math.max(1, took_ms));
}

/** What no middle box can make smaller; browsers give 64 kB at a time. */
function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  const once = 65_536;
  for (let at = 0; at < size; at += once) crypto.getRandomValues(bytes.subarray(at, at + once));
  return bytes;
}
