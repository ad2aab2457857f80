/** What the server knows of its network, with the words that describe a NAT narrowed to those we know (docs/nat.md). */
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];

const OUTCOMES = ['not-symmetric', 'symmetric', 'udp-blocked', 'unknown'] as const;
const NAT_TYPES = [
  'open-internet',
  'symmetric-udp-firewall',
  'no-nat',
  'full-cone',
  'address-restricted-cone',
  'port-restricted-cone',
  'cone',
  'symmetric',
  'udp-blocked',
  'unknown',
] as const;
const DEPENDENCES = [
  'endpoint-independent',
  'address-dependent',
  'address-and-port-dependent',
  'unknown',
] as const;
const CONFIDENCES = ['low', 'medium', 'high'] as const;

type Outcome = (typeof OUTCOMES)[number];
export type NatType = (typeof NAT_TYPES)[number];
export type Dependence = (typeof DEPENDENCES)[number];
export type Confidence = (typeof CONFIDENCES)[number];

/** How the way to the internet treats UDP. */
export interface Nat extends Omit<Schemas['Nat'], 'rfc3489_type'> {
  outcome: Outcome;
  rfc3489_type: NatType;
  mapping: Dependence;
  filtering: Dependence;
  confidence: Confidence;
}

export type StunServer = Schemas['StunServer'];

export interface Network extends Omit<Schemas['Network'], 'nat'> {
  /** One for each address family that was looked at. */
  nat: Nat[];
}

/** The picture as the server sends it; words that we do not know say nothing. */
export function networkOf(sent: Schemas['Network']): Network {
  return { ...sent, nat: sent.nat.map(natOf) };
}

function natOf(sent: Schemas['Nat']): Nat {
  return {
    ...sent,
    outcome: known(OUTCOMES, sent.outcome, 'unknown'),
    rfc3489_type: known(NAT_TYPES, sent.rfc3489_type, 'unknown'),
    mapping: known(DEPENDENCES, sent.mapping, 'unknown'),
    filtering: known(DEPENDENCES, sent.filtering, 'unknown'),
    confidence: known(CONFIDENCES, sent.confidence, 'low'),
  };
}

function known<Word extends string>(words: readonly Word[], word: string, otherwise: Word): Word {
  return words.find((each) => each === word) ?? otherwise;
}
