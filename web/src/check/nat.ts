/**
 * What the candidates tell of the NAT, in the words of RFC 3489 and RFC 4787, for the experts' part of the page. What follows from it is
 * the server's to say.
 */
import type { Candidate, Gathering } from '../api/check.ts';
import type { Dependence, NatType } from '../api/types.ts';
import { GATHER_MAX_MS } from './gathering.ts';

export interface NatSeen {
  family: 'ipv4' | 'ipv6';
  type: Extract<NatType, 'no-nat' | 'cone' | 'symmetric' | 'udp-blocked' | 'unknown'>;
  mapping: Dependence;
  /** As which address and port STUN servers see this browser. */
  seen: string[];
}

/** One for each family of which there is something to tell. `udp_works`: whether sound came through by UDP; `null`: not tried. */
export function natsOf(
  { servers, candidates, is_complete, took_ms }: Gathering,
  udp_works: boolean | null,
): NatSeen[] {
  const udp = candidates.filter(({ protocol }) => protocol === 'udp');
  const ipv6 = udp.filter(({ address }) => address?.includes(':') === true);
  const ipv4 = udp.filter(({ address }) => address?.includes('.') === true);
  const waited = servers.length > 0 && (is_complete || took_ms >= GATHER_MAX_MS);
  // Servers whose name is not found do not answer either.
  const blocked = waited && udp_works === false;
  const found = [natOf('ipv4', ipv4, blocked)];
  // Most networks have no IPv6, of which nothing is to be told.
  if (ipv6.some(({ kind }) => kind === 'server_reflexive')) found.push(natOf('ipv6', ipv6, blocked));
  return udp_works === false ? found.map(doubted) : found;
}

function natOf(family: NatSeen['family'], own: readonly Candidate[], blocked: boolean): NatSeen {
  const reflexive = own.filter(({ kind }) => kind === 'server_reflexive');
  const seen = [...new Set(reflexive.map(socketOf))];
  if (reflexive.length === 0) {
    return { family, type: blocked ? 'udp-blocked' : 'unknown', mapping: 'unknown', seen };
  }
  const different = reflexive.flatMap((one, index) =>
    reflexive.slice(index + 1).flatMap((other) => (differs(one, other) ? [[one, other] as const] : [])),
  );
  if (different.length > 0) {
    const byPort = different.some(([one, other]) => hostOf(one.server) === hostOf(other.server));
    return {
      family,
      type: 'symmetric',
      mapping: byPort ? 'address-and-port-dependent' : 'address-dependent',
      seen,
    };
  }
  const direct = own.some(
    ({ kind, address }) => kind === 'host' && reflexive.some((each) => each.address === address),
  );
  return { family, type: direct ? 'no-nat' : 'cone', mapping: 'endpoint-independent', seen };
}

/** Whoever gives a few servers the same port, and lets no sound through all the same, may give the next one another port. */
function doubted(nat: NatSeen): NatSeen {
  return nat.type === 'cone' ? { ...nat, type: 'unknown', mapping: 'unknown' } : nat;
}

/** Whether one socket of this browser is seen as two: a computer with two networks has two sockets. */
function differs(one: Candidate, other: Candidate): boolean {
  const sameBase = one.related === other.related && one.related_port === other.related_port;
  return sameBase && one.address === other.address && one.port !== other.port;
}

function socketOf({ address, port }: Candidate): string {
  if (address === null) return `:${port}`;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `stun.example.com` of `stun:stun.example.com:3478`. */
function hostOf(server: string | null): string | null {
  return server === null ? null : server.replace(/^stuns?:/, '').replace(/:\d+$/, '');
}
