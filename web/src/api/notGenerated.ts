/**
 * What the server says that `schema.d.ts` does not have yet. Each of these types goes when `npm run generate` brings it:
 * `types.ts` and `client.ts` are the only ones who take them from here.
 */
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];

export interface TrunkTermsAhead {
  /** The provider's own STUN server, `host` or `host:port`. */
  stun: string | null;
  /** A number that answers with what it hears, as people dial it. */
  echo_number: string | null;
  forwarded: Forwarded;
}

/** Whose number others see when a call is forwarded. */
export type Forwarded = 'own' | 'original_with_diversion';

export interface TrunkAhead extends TrunkTermsAhead {
  stun_in_force: StunInForce;
  lines: (Schemas['Line'] & LineAhead)[];
}

/** Which STUN server counts for a trunk, and why. */
export interface StunInForce {
  server: string | null;
  /** Whether it is the trunk's own. */
  own: boolean;
  state: Schemas['StunState'];
  /** How it sees us. */
  public: string | null;
  round_trip_ms: number | null;
  /** `own`, `own_silent`, `own_elsewhere`, `elsewhere`, `system`, `not_needed`, `none`. */
  code: string;
  text: string;
}

export interface LineAhead {
  /** Of the last OPTIONS or REGISTER. */
  round_trip_ms: number | null;
}

/** What a test of a trunk has found so far. */
export interface TrunkTest {
  running: boolean;
  started_at: string;
  steps: TrunkTestStep[];
}

export interface TrunkTestStep {
  step: 'name' | 'connection' | 'options' | 'registration' | 'stun' | 'router' | 'echo_call';
  account: string | null;
  result: 'waiting' | 'running' | 'passed' | 'warning' | 'failed' | 'left_out';
  /** For programs: stable. */
  code: string;
  /** For people, in English. */
  text: string;
  /** What goes into the sentence. */
  values: Record<string, string>;
  took_ms: number | null;
}

export interface StunServerAhead {
  /** The name of the trunk that it belongs to; null for one of the configuration. */
  trunk: string | null;
}

/** Why a call is not put through. */
export interface DenialAhead {
  kind: 'nowhere';
  code: string;
  values: Record<string, string>;
  text: string;
}

export interface JournalCallAhead {
  /** Whether it was a call for help. */
  emergency: boolean;
  /** Where the caller was then, as far as it was known. */
  location: string | null;
}

/** Somebody calls for help. Only administrators are told. */
export interface EmergencyCall {
  type: 'emergency_call';
  user: number | null;
  name: string | null;
  extension: string | null;
  dialled: string;
  location: string | null;
  /** By which the call is tried first; null where none can take it. */
  trunk: string | null;
  call: string;
}

interface Answered<Body> {
  headers: Record<string, unknown>;
  content: { 'application/json': Body };
}

interface Refusal {
  headers: Record<string, unknown>;
  content: { 'application/problem+json': Schemas['Problem'] };
}

/** Paths that the client calls. */
export interface PathsAhead {
  '/api/v1/trunks/{id}/test': {
    parameters: { query?: never; header?: never; path: { id: number }; cookie?: never };
    get: {
      parameters: { query?: never; header?: never; path: { id: number }; cookie?: never };
      requestBody?: never;
      responses: { 200: Answered<TrunkTest>; 404: Refusal };
    };
    post: {
      parameters: { query?: never; header?: never; path: { id: number }; cookie?: never };
      requestBody: { content: { 'application/json': { echo_number: string | null } } };
      responses: { 202: Answered<TrunkTest>; 404: Refusal; 409: Refusal };
    };
  };
}
