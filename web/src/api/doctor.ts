/** The REST adapter's part about the payload doctor: findings, networks, the plan, and what is known of a call afterwards. */
import type { Asking } from './features.ts';
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];
export type Severity = Schemas['FindingSeverity'];
export type Culprit = Schemas['Culprit'];
export type Sureness = Schemas['FindingConfidence'];
export type Subject = Schemas['FindingSubject'];
export type Finding = Schemas['Finding'];
export type FindingCounts = Schemas['FindingCounts'];
/** What is wrong now, the worst first. */
export type Findings = Schemas['Doctor'];
export type FindingHistory = Schemas['FindingHistory'];
export type Rule = Schemas['DoctorRule'];
export type Soundness = Schemas['NetworkVerdict'];
export type Locality = Schemas['Locality'];
/** A person in one network, as the server sees them. */
export type UserNetwork = Schemas['UserNetwork'];
export type NetworkPlan = Schemas['NetworkPlan'];
export type CheckLink = Schemas['CheckLink'];
export type NewCheckLink = Schemas['NewCheckLink'];
export type MadeCheckLink = Schemas['MadeCheckLink'];
/** What a check has come to. */
export type Verdict = Schemas['CheckVerdict'];
/** What a browser has measured; what was not tried is absent. */
export type Check = Schemas['Check'];
export type Candidate = Schemas['CheckCandidate'];
export type Reached = Schemas['CheckReached'];
export type WayTest = Schemas['CheckWayTest'];
/** What is known of a call afterwards; times in milliseconds since it began. */
export type Flight = Schemas['Flight'];
export type FlightLeg = Schemas['FlightLeg'];
/** A message of the signalling. */
export type Rung = Schemas['FlightMessage'];
export type Mark = Schemas['FlightMark'];
/** One direction of a leg, a value for each step; `null`: not measured. */
export type Series = Schemas['FlightSeries'];
/** A recording of packets. */
export type Capture = Schemas['Capture'];
export type NewCapture = Schemas['NewCapture'];

export const METRICS = [
  'level_dbov',
  'loss_percent',
  'jitter_ms',
  'round_trip_ms',
  'mos',
] as const satisfies readonly (keyof Series)[];
export type Metric = (typeof METRICS)[number];

/** What was looked at: as much of the evidence as is counted. The document leaves its shape open, because it grows with the rules. */
export interface Evidence {
  server: { stun: { servers: unknown[] } };
  trunks: unknown[];
  networks: unknown[];
  phones: unknown[];
  calls: unknown[];
}

export interface HistoryQuery {
  rule: string | null;
  extension: string | null;
}

/** How many findings a page of the history has. */
const HISTORY_PAGE = 50;

export function createDoctorApi({ client, given, done }: Asking) {
  const inLanguage = (language: string) => ({ params: { query: { language } } });
  return {
    async doctor(code: string): Promise<Findings> {
      return given(await client.GET('/api/v1/doctor', inLanguage(code)));
    },
    /** Findings of now and before, newest first; `before`: where an earlier answer ended. */
    async findingHistory(
      language: string,
      { rule, extension }: HistoryQuery,
      before: number | null,
    ): Promise<FindingHistory> {
      const query = {
        language,
        limit: HISTORY_PAGE,
        ...(before === null ? {} : { before }),
        ...(rule === null ? {} : { rule }),
        ...(extension === null ? {} : { extension }),
      };
      return given(await client.GET('/api/v1/doctor/history', { params: { query } }));
    },
    /** Has the server look at everything again; it says no when it has only just done so. */
    async retest(): Promise<void> {
      done(await client.POST('/api/v1/doctor/retest'));
    },
    async rules(code: string): Promise<Rule[]> {
      return given(await client.GET('/api/v1/doctor/rules', inLanguage(code)));
    },
    async userNetworks(code: string): Promise<UserNetwork[]> {
      return given(await client.GET('/api/v1/doctor/networks', inLanguage(code)));
    },
    async evidence(): Promise<Evidence> {
      return given(await client.GET('/api/v1/doctor/evidence')) as unknown as Evidence;
    },
    async plan(code: string): Promise<NetworkPlan> {
      return given(await client.GET('/api/v1/doctor/plan', inLanguage(code)));
    },
    async planSvg(code: string): Promise<string> {
      return given(await client.GET('/api/v1/doctor/plan.svg', { ...inLanguage(code), parseAs: 'text' }));
    },
    async planMarkdown(code: string): Promise<string> {
      return given(await client.GET('/api/v1/doctor/plan.md', { ...inLanguage(code), parseAs: 'text' }));
    },
    async checkLinks(): Promise<CheckLink[]> {
      return given(await client.GET('/api/v1/check/links')).links;
    },
    /** The link is shown this once. */
    async addCheckLink(link: NewCheckLink): Promise<MadeCheckLink> {
      return given(await client.POST('/api/v1/check/links', { body: link }));
    },
    async deleteCheckLink(id: number): Promise<void> {
      done(await client.DELETE('/api/v1/check/links/{id}', { params: { path: { id } } }));
    },
    async checkResult(id: number, language: string): Promise<Verdict> {
      const params = { path: { id }, query: { language } };
      return given(await client.GET('/api/v1/check/results/{id}', { params }));
    },
    async flight(call: string): Promise<Flight> {
      return given(await client.GET('/api/v1/calls/{id}/flight', { params: { path: { id: call } } }));
    },
    /** Everything about a call in one file; with a `reason` numbers and addresses as they are. */
    async bundle(call: string, reason: string | null): Promise<Blob> {
      const query = reason === null ? {} : { unmasked: true, reason };
      const params = { path: { id: call }, query };
      return given(await client.GET('/api/v1/calls/{id}/bundle', { params, parseAs: 'blob' }));
    },
    async captures(): Promise<Capture[]> {
      return given(await client.GET('/api/v1/captures')).captures;
    },
    async addCapture(capture: NewCapture): Promise<Capture> {
      return given(await client.POST('/api/v1/captures', { body: capture }));
    },
    /** Ends one that runs, or deletes one that is done. */
    async deleteCapture(id: number): Promise<void> {
      done(await client.DELETE('/api/v1/captures/{id}', { params: { path: { id } } }));
    },
    async captureFile(id: number): Promise<Blob> {
      const params = { path: { id } };
      return given(await client.GET('/api/v1/captures/{id}/pcapng', { params, parseAs: 'blob' }));
    },
  };
}
