/** Which networks are shown, and in which order. */
import type { Soundness, UserNetwork } from '../api/doctor.ts';
import { isIn } from './words.ts';

export const ORDERS = ['worst', 'name', 'seen', 'delay'] as const;
export type Order = (typeof ORDERS)[number];
export const SOUNDS = ['poor', 'fair', 'good', 'unknown'] as const satisfies readonly Soundness[];

export interface Filter {
  text: string;
  verdict: Soundness | '';
}

/** `said`: what else is shown of it in words. */
export function matches(network: UserNetwork, { text, verdict }: Filter, said: string): boolean {
  if (verdict !== '' && network.verdict !== verdict) return false;
  const { name, extension, address, page_host, sentence } = network;
  return isIn(text, [name, extension, address ?? '', page_host, sentence, said]);
}

/** In an order; what it does not tell apart is told apart by name. */
export function sorted(networks: readonly UserNetwork[], order: Order, locale: string): UserNetwork[] {
  const names = new Intl.Collator(locale);
  return networks.toSorted(
    (a, b) => difference(a, b, order) || names.compare(a.name, b.name) || b.seen_at.localeCompare(a.seen_at),
  );
}

function difference(a: UserNetwork, b: UserNetwork, order: Order): number {
  switch (order) {
    case 'worst':
      return badness(a) - badness(b);
    case 'name':
      return 0;
    case 'seen':
      return Date.parse(b.seen_at) - Date.parse(a.seen_at);
    case 'delay':
      // The slowest first; what was not measured last.
      return (b.round_trip_ms ?? -1) - (a.round_trip_ms ?? -1);
  }
}

/** Unmeasured is not good, but no reason to look either. */
function badness({ verdict }: UserNetwork): number {
  return SOUNDS.indexOf(verdict);
}
