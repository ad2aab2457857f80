/** The API's nouns under short names. */
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];
export type Me = Schemas['Me'];
export type User = Schemas['User'];
export type UserState = Schemas['UserState'];
export type Role = Schemas['Role'];
export type Device = Schemas['Device'];
export type NewUser = Schemas['NewUser'];
export type ChangedUser = Schemas['ChangedUser'];
export type NewDevice = Schemas['NewDevice'];
export type JournalCall = Schemas['Call'];
export type Problem = Schemas['Problem'];
/** Messages of the event WebSocket. */
export type ServerEvent = Schemas['Event'];

/** What the server knows of its network. */
export interface Network {
  tcp_port: number;
  udp_port: number;
  /** Addresses of the server's own interfaces. */
  interfaces: string[];
  /** Public addresses that the configuration names. */
  stated: string[];
  public_host: string | null;
  /** The media port as it is offered to browsers outside. */
  public_addresses: { local: string; public: string }[];
  /** Names by which browsers have opened the page, and what they stand for. */
  pages: { host: string; addresses: string[] }[];
  stun: { mode: StunMode; asks: boolean; servers: StunServer[] };
  /** One for each address family that was looked at. */
  nat: Nat[];
  probing: boolean;
}
export type StunMode = 'automatic' | 'always' | 'static' | 'port-preserving' | 'off';
export interface StunServer {
  name: string;
  address: string | null;
  state: StunState;
  round_trip_ms: number | null;
  /** The media port as this server sees it. */
  public: string | null;
  error: string | null;
}
export type StunState = 'answering' | 'asking' | 'silent' | 'refusing' | 'unresolved' | 'unused';
/** How the way to the internet treats UDP; docs/nat.md explains the words. */
export interface Nat {
  family: 'ipv4' | 'ipv6';
  outcome: 'not-symmetric' | 'symmetric' | 'udp-blocked' | 'unknown';
  rfc3489_type: NatType;
  mapping: Dependence;
  filtering: Dependence;
  port_preserved: boolean | null;
  public_addresses: string[];
  hairpin: boolean | null;
  confidence: Confidence;
  sentence: string;
  measured_at: string;
  mapping_lifetime: MappingLifetime | null;
}
export interface MappingLifetime {
  at_least_s: number | null;
  less_than_s: number | null;
}
export type NatType =
  | 'open-internet'
  | 'symmetric-udp-firewall'
  | 'no-nat'
  | 'full-cone'
  | 'address-restricted-cone'
  | 'port-restricted-cone'
  | 'cone'
  | 'symmetric'
  | 'udp-blocked'
  | 'unknown';
export type Dependence =
  'endpoint-independent' | 'address-dependent' | 'address-and-port-dependent' | 'unknown';
export type Confidence = 'low' | 'medium' | 'high';
