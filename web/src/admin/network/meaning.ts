/** What the server knows of its network, in one sentence for people: never more than is known. */
import type { Nat, NatType, Network, StunServer, StunState } from '../../api/types.ts';
import { hostOf, isInside, isLoopback, portOf } from './addresses.ts';

/** What the page begins with; each has a sentence and an explanation among the texts. */
export type Meaning =
  | KnownGood
  | 'symmetric'
  | 'symmetric_likely'
  | 'ports_changed'
  | 'blocked'
  | 'blocked_likely'
  | 'stated'
  | 'switched_off'
  | NoServer
  | NotKnown;
/** Calls can go directly. */
type KnownGood = 'direct' | 'direct_likely' | 'direct_no_nat' | 'direct_kept' | 'own_address';
/** Nobody tells the server how the internet sees it. */
type NoServer = 'no_servers' | 'unresolved' | 'refused' | 'silent';
type NotKnown =
  'looking' | 'own_computer' | 'one_server' | 'inside' | 'several_ways' | 'contradicting' | 'unknown';

export interface Finding {
  meaning: Meaning;
  /** The address family that it is about; `null` when it is about none in particular. */
  family: Nat['family'] | null;
}

/** The finding that the page begins with. */
export function findingOf(whole: Network): Finding {
  const network = ofSystem(whole);
  const apart = apartFromNat(network);
  if (apart !== null) return { meaning: apart, family: null };
  const nat = decidingNat(network);
  if (nat === null) return { meaning: unmeasured(network), family: null };
  return { meaning: measured(network, nat), family: nat.family };
}

/** Without providers' own STUN servers, which may see us by another way; where there are no others, they serve for everything. */
function ofSystem(network: Network): Network {
  const servers = network.stun.servers.filter(({ trunk }) => trunk === null);
  return servers.length === 0 ? network : { ...network, stun: { ...network.stun, servers } };
}

/** What needs no look at the router. */
function apartFromNat({ interfaces, stun }: Network): Meaning | null {
  if (interfaces.length > 0 && interfaces.every(isLoopback)) return 'own_computer';
  switch (stun.mode) {
    case 'off':
      return 'switched_off';
    case 'static':
      return 'stated';
    case 'automatic':
    case 'always':
    case 'port-preserving':
      break;
  }
  if (!stun.asks) return interfaces.length > 0 ? 'own_address' : 'unknown';
  return stun.servers.length === 0 ? 'no_servers' : null;
}

/** The family that tells something, IPv4 first: that is what most homes have. */
function decidingNat({ nat }: Network): Nat | null {
  const byFamily = [...nat].sort((a, b) => a.family.localeCompare(b.family));
  return byFamily.find(({ outcome }) => outcome !== 'unknown') ?? byFamily[0] ?? null;
}

function measured(network: Network, nat: Nat): Meaning {
  const seen = mediaPort(network, nat.family);
  const isSure = nat.confidence === 'high';
  switch (nat.outcome) {
    case 'not-symmetric':
      return notSymmetric(network, nat, seen);
    case 'symmetric':
      // A forwarded port may keep its number although other sockets' ports change: what counts is the port that media use.
      if (seen === 'alike') return 'direct_kept';
      return isSure ? 'symmetric' : 'symmetric_likely';
    case 'udp-blocked':
      if (seen !== 'nobody') return 'contradicting';
      return isSure ? 'blocked' : 'blocked_likely';
    case 'unknown':
      return unknown(network, nat, seen);
  }
}

/** Addresses stay what they are, whatever a firewall lets in. */
const WITHOUT_NAT: readonly NatType[] = ['open-internet', 'symmetric-udp-firewall', 'no-nat'];

function notSymmetric(network: Network, nat: Nat, seen: Seen): Meaning {
  if (nat.public_addresses.every(isInside)) return 'inside';
  if (WITHOUT_NAT.includes(nat.rfc3489_type)) return 'direct_no_nat';
  switch (seen) {
    case 'nobody':
      return withoutAnswer(network);
    case 'differently':
      return 'contradicting';
    case 'once':
    case 'alike':
      break;
  }
  if (!keepsItsPort(network, nat.family)) return 'ports_changed';
  return nat.confidence === 'high' ? 'direct' : 'direct_likely';
}

function unknown(network: Network, nat: Nat, seen: Seen): Meaning {
  if (network.probing) return 'looking';
  if (nat.public_addresses.length > 1) return 'several_ways';
  switch (seen) {
    case 'nobody':
      return withoutAnswer(network);
    case 'once':
      return 'one_server';
    case 'alike':
    case 'differently':
      return 'unknown';
  }
}

/** Nothing has been measured, or not yet. */
function unmeasured(network: Network): Meaning {
  if (network.probing) return 'looking';
  return answering(network).length > 0 ? 'unknown' : withoutAnswer(network);
}

/** Why no STUN server tells how this family is seen. */
function withoutAnswer({ stun: { servers }, probing }: Network): Meaning {
  const are = (state: StunState) => servers.some((server) => server.state === state);
  if (probing || are('asking')) return 'looking';
  // Of the other family.
  if (are('answering')) return 'unknown';
  if (are('refusing')) return 'refused';
  if (are('silent')) return 'silent';
  return are('unresolved') ? 'unresolved' : 'unknown';
}

/** How STUN servers see the port that media use. */
type Seen = 'nobody' | 'once' | 'alike' | 'differently';

function mediaPort(network: Network, family: Nat['family']): Seen {
  const servers = answering(network).filter((server) => familyOf(server.public) === family);
  const hosts = new Set(servers.map((server) => hostOf(server.address ?? server.name)));
  const publics = new Set(servers.map((server) => server.public));
  if (hosts.size === 0) return 'nobody';
  if (publics.size > 1) return 'differently';
  return hosts.size > 1 ? 'alike' : 'once';
}

function answering({ stun: { servers } }: Network): (StunServer & { public: string })[] {
  return servers.flatMap((server) => {
    const seen = server.public;
    return server.state === 'answering' && seen !== null ? [{ ...server, public: seen }] : [];
  });
}

/** Whether the setting that the router keeps ports is true, as far as is seen. */
function keepsItsPort(network: Network, family: Nat['family']): boolean {
  if (network.stun.mode !== 'port-preserving') return true;
  const servers = answering(network).filter((server) => familyOf(server.public) === family);
  return servers.every((server) => portOf(server.public) === network.udp_port);
}

function familyOf(address: string): Nat['family'] {
  return hostOf(address).includes(':') ? 'ipv6' : 'ipv4';
}

/** How good the news is. */
export type Tone = 'good' | 'fair' | 'bad' | 'open';

export function toneOf(meaning: Meaning): Tone {
  switch (meaning) {
    case 'direct':
    case 'direct_likely':
    case 'direct_no_nat':
    case 'direct_kept':
    case 'own_address':
      return 'good';
    case 'symmetric':
    case 'symmetric_likely':
    case 'blocked':
    case 'blocked_likely':
    case 'no_servers':
    case 'one_server':
    case 'several_ways':
    case 'contradicting':
      return 'fair';
    case 'ports_changed':
    case 'unresolved':
    case 'refused':
    case 'silent':
      return 'bad';
    case 'stated':
    case 'switched_off':
    case 'looking':
    case 'own_computer':
    case 'inside':
    case 'unknown':
      return 'open';
  }
}

/** Whom forwarding the UDP port would bring direct sound: those few that have none, all that let UDP out, nobody; or it is open. */
export type UdpForward = 'rest' | 'all' | 'none' | 'open';

export function udpForwardOf(meaning: Meaning): UdpForward {
  switch (meaning) {
    case 'direct':
    case 'direct_likely':
    case 'direct_kept':
      return 'rest';
    case 'symmetric':
    case 'symmetric_likely':
    case 'ports_changed':
    case 'stated':
    case 'switched_off':
    case 'no_servers':
    case 'unresolved':
    case 'refused':
    case 'silent':
      return 'all';
    case 'blocked':
    case 'blocked_likely':
      return 'none';
    case 'direct_no_nat':
    case 'own_address':
    case 'looking':
    case 'own_computer':
    case 'one_server':
    case 'inside':
    case 'several_ways':
    case 'contradicting':
    case 'unknown':
      return 'open';
  }
}
