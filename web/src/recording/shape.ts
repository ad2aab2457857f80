/** The shape of a recording: what is drawn of it, and who speaks where. */
import type { Peaks } from '../api/types.ts';

/** From here on it is a voice and not the room, of 255. */
const SPEAKS = 24;
/** Between two words one speaks nevertheless, in milliseconds. */
const BREATH_MS = 400;

/** How loud each of `count` equal parts is, from 0 to 1: between its loudest moment, which hides pauses, and its mean, which hides words. */
export function barsOf(levels: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * levels.length) / count);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * levels.length) / count));
    const part = levels.slice(from, to);
    const mean = part.reduce((sum, level) => sum + level, 0) / Math.max(1, part.length);
    return (Math.max(0, ...part) + mean) / 2 / 255;
  });
}

/** Lines up from the middle (`-1`) or down from it (`1`), as an SVG path. */
export function pathOf(bars: readonly number[], step: number, middle: number, way: -1 | 1): string {
  return bars
    .map((level, bar) => {
      const x = (bar + 0.5) * step;
      const reach = Math.max(1, level * (middle - 2));
      return `M${x.toFixed(1)} ${middle + way}v${(way * reach).toFixed(1)}`;
    })
    .join('');
}

/** Who speaks at a moment, in seconds. */
export function speakersAt({ step_ms, own, others }: Peaks, at_s: number): { own: boolean; others: boolean } {
  const at = Math.floor((1_000 * at_s) / step_ms);
  const around = Math.ceil(BREATH_MS / step_ms / 2);
  const speaks = (levels: readonly number[]) =>
    levels.slice(Math.max(0, at - around), at + around + 1).some((level) => level >= SPEAKS);
  return { own: speaks(own), others: speaks(others) };
}
