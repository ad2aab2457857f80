/** The addresses of the doctor's pages. */
import type { Subject } from '../api/doctor.ts';

export const PAGES = ['findings', 'networks', 'calls', 'history', 'plan', 'rules'] as const;
export type Page = (typeof PAGES)[number];

export const addressOf = (page: Page) => `#/admin/doctor/${page}`;
export const ruleAddress = (id: string) => `${addressOf('rules')}/${encodeURIComponent(id)}`;
export const findingAddress = (id: string) => `${addressOf('findings')}/${encodeURIComponent(id)}`;
export const checkAddress = (id: number) => `#/admin/doctor/checks/${id}`;
export const callAddress = (id: string) => `#/calls/${encodeURIComponent(id)}`;

/** Where more is known of what a finding is about; `null`: nowhere. */
export function subjectAddress({ kind }: Subject): string | null {
  switch (kind) {
    case 'call':
      // It is told by its number, and the journal has it by its name.
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
