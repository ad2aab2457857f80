/** When a device rings, as one word of a choice. */
import type { Device, Rings } from '../api/types.ts';

/** Seconds that are offered. */
export const DELAYS_S = [0, 5, 10, 15, 20, 30];

/** `after:10`, `when_answered` or `never`. */
export function ringsWord({ rings, rings_after_s }: Pick<Device, 'rings' | 'rings_after_s'>): string {
  return rings === 'after' ? `after:${rings_after_s}` : rings;
}

export function parseRings(word: string): { rings: Rings; rings_after_s: number } {
  const after = /^after:(\d+)$/.exec(word);
  if (after?.[1] !== undefined) return { rings: 'after', rings_after_s: Number(after[1]) };
  return { rings: word === 'when_answered' ? 'when_answered' : 'never', rings_after_s: 0 };
}

/** The words to choose from; what is set is among them. A browser phone cannot answer by itself. */
export function ringsWords(device: Pick<Device, 'kind' | 'rings' | 'rings_after_s'>): string[] {
  const delays = new Set(DELAYS_S);
  if (device.rings === 'after') delays.add(device.rings_after_s);
  const after = [...delays].sort((a, b) => a - b).map((delay) => `after:${delay}`);
  const silent = device.kind === 'browser' && device.rings !== 'when_answered' ? [] : ['when_answered'];
  return [...after, ...silent, 'never'];
}
