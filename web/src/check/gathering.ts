/**
 * The candidate test: which addresses STUN servers see this browser at.
 *
 * One connection has all servers in one list, so that the same socket asks all of them: only then do two ports mean that the network
 * gives every destination another one. Chromium waits for a silent server for up to 39.9 s; we do not.
 */
import type { Candidate, Gathering } from '../api/check.ts';

/** Who has not answered by then, does not count as somebody who never will, in milliseconds. */
export const GATHER_MAX_MS = 8_000;
/** More candidates than any computer has, and still a bound. */
export const CANDIDATES_MAX = 64;

const KINDS: Record<string, Candidate['kind']> = {
  host: 'host',
  srflx: 'server_reflexive',
  prflx: 'peer_reflexive',
  relay: 'relay',
};

/** What a browser says of a candidate; not every one says all of it. */
export interface RawCandidate {
  candidate: string;
  type: string | null;
  protocol: string | null;
  address: string | null;
  port: number | null;
  relatedAddress: string | null;
  relatedPort: number | null;
  url?: string | null;
}

/** Beginning of a connection that only gathers. */
export type Connect = (configuration: RTCConfiguration) => RTCPeerConnection;

export async function gather(
  servers: readonly string[],
  connect: Connect = (configuration) => new RTCPeerConnection(configuration),
): Promise<Gathering> {
  const began = performance.now();
  const connection = connect({ iceServers: servers.length === 0 ? [] : [{ urls: [...servers] }] });
  try {
    const found: Candidate[] = [];
    const complete = listen(connection, found);
    connection.createDataChannel('check');
    await connection.setLocalDescription(await connection.createOffer());
    const is_complete = await complete;
    const candidates = withNetworks(found, await networksOf(connection));
    const took_ms = Math.round(performance.now() - began);
    return { servers: [...servers], candidates, is_complete, took_ms };
  } finally {
    connection.close();
  }
}

/** Puts candidates into `found`, each once, until there are no more or it takes too long; whether there are no more. */
function listen(connection: RTCPeerConnection, found: Candidate[]): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(false), GATHER_MAX_MS);
    const end = (is_complete: boolean) => {
      clearTimeout(timer);
      resolve(is_complete);
    };
    connection.addEventListener('icecandidate', (event) => {
      if (event.candidate === null) {
        end(true);
        return;
      }
      const raw: RawCandidate = event.candidate;
      // Before it was a property of the candidate, it was one of the event.
      const candidate = candidateOf({ ...pick(raw), url: raw.url ?? (event as { url?: string }).url });
      if (candidate === null || found.length >= CANDIDATES_MAX) return;
      if (!found.some((each) => isSame(each, candidate))) found.push(candidate);
    });
    connection.addEventListener('icegatheringstatechange', () => {
      if (connection.iceGatheringState === 'complete') end(true);
    });
  });
}

/** A browser's candidate has its properties in its prototype, where `...` does not find them. */
function pick(raw: RawCandidate): RawCandidate {
  const { candidate, type, protocol, address, port, relatedAddress, relatedPort, url } = raw;
  return { candidate, type, protocol, address, port, relatedAddress, relatedPort, url };
}

/** A candidate in our words; `null` for the empty one that ends a generation, and for what we do not know. */
export function candidateOf(raw: RawCandidate): Candidate | null {
  const kind = KINDS[raw.type ?? ''];
  const { protocol, port } = raw;
  if (kind === undefined || port === null || (protocol !== 'udp' && protocol !== 'tcp')) return null;
  const relatedPort = raw.relatedPort === null || raw.relatedPort === 0 ? null : raw.relatedPort;
  const related = addressOf(raw.relatedAddress);
  return {
    kind,
    protocol,
    address: addressOf(raw.address),
    port,
    related: related === null || relatedPort === null ? null : socketAddress(related, relatedPort),
    related_port: relatedPort,
    server: raw.url ?? null,
    network: null,
  };
}

/** `null` for a name that hides one (mDNS), and for 0.0.0.0, which says that there is none to tell. */
function addressOf(address: string | null): string | null {
  if (address === null || address === '' || address.endsWith('.local')) return null;
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  return bare === '0.0.0.0' || bare === '::' ? null : bare;
}

function socketAddress(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function isSame(one: Candidate, other: Candidate): boolean {
  return (
    one.kind === other.kind &&
    one.protocol === other.protocol &&
    one.address === other.address &&
    one.port === other.port &&
    one.related_port === other.related_port &&
    one.related === other.related &&
    one.server === other.server
  );
}

/** What a browser calls the network of each of its candidates, by kind and port. */
async function networksOf(connection: RTCPeerConnection): Promise<Map<string, string>> {
  const networks = new Map<string, string>();
  try {
    (await connection.getStats()).forEach((entry: unknown) => {
      const { type, candidateType, port, networkType } = entry as Record<string, unknown>;
      if (type !== 'local-candidate' || typeof networkType !== 'string' || networkType === 'unknown') return;
      networks.set(`${KINDS[String(candidateType)] ?? ''} ${String(port)}`, networkType);
    });
  } catch {
    // Nice to know, and no more.
  }
  return networks;
}

function withNetworks(candidates: readonly Candidate[], networks: ReadonlyMap<string, string>): Candidate[] {
  return candidates.map((each) => ({ ...each, network: networks.get(`${each.kind} ${each.port}`) ?? null }));
}
