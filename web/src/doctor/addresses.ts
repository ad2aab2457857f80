/** The addresses of the doctor's pages. */
import type { Finding, Subject } from '../api/doctor.ts';
import type { JournalCall } from '../api/types.ts';

export const PAGES = ['findings', 'networks', 'calls', 'history', 'plan', 'rules'] as const;
export type Page = (typeof PAGES)[number];

export const addressOf = (page: Page) => `#/admin/doctor/${page}`;
export const ruleAddress = (id: string) => `${addressOf('rules')}/${encodeURIComponent(id)}`;
export const findingAddress = (id: string) => `${addressOf('findings')}/${encodeURIComponent(id)}`;
export const checkAddress = (id: number) => `#/admin/doctor/checks/${id}`;
export const callAddress = (id: string) => `#/calls/${encodeURIComponent(id)}`;

/** A finding about a call may be raised so long after its end, in milliseconds. */
const RAISED_AFTER_MS = 15 * 60_000;

/** The call that a finding is about. It is told by its number in this run of the server, which its name in the journal ends with; the
 * time tells runs apart. */
export function callOf(
  calls: readonly JournalCall[],
  { subject: { kind, id }, since }: Pick<Finding, 'subject' | 'since'>,
): JournalCall | undefined {
  if (kind !== 'call' || id == null) return undefined;
  const raised = Date.parse(since);
  return calls.find(
    (call) =>
      call.id.endsWith(`-${id}`) &&
      Date.parse(call.started_at) <= raised &&
      (call.ended_at === null || raised <= Date.parse(call.ended_at) + RAISED_AFTER_MS),
  );
}

/** Where more is known of what a finding is about, other than one call; `null`: nowhere. */
export function subjectAddress({ kind }: Subject): string | null {
  switch (kind) {
    case 'call':
      return addressOf('calls');
    case 'network':
      return addressOf('networks');
    case 'server':
    case 'trunk':
    case 'person':
    case 'phone':
      return null;
  }
}
