/** Curves over time: how values become lines, and which scales fit them. */
import type { Metric } from '../../api/doctor.ts';

export interface Scale {
  min: number;
  max: number;
}

/** From where to where a curve reaches: as far as is usual, and further where it must. */
export function scaleOf(metric: Metric, values: readonly (number | null)[]): Scale {
  const top = values.reduce<number>((most, value) => Math.max(most, value ?? most), 0);
  switch (metric) {
    case 'level_dbov':
      return { min: -80, max: 0 };
    case 'mos':
      return { min: 1, max: 4.5 };
    case 'loss_percent':
      return { min: 0, max: Math.min(100, roundUp(Math.max(5, top))) };
    case 'jitter_ms':
      return { min: 0, max: roundUp(Math.max(20, top)) };
    case 'round_trip_ms':
      return { min: 0, max: roundUp(Math.max(100, top)) };
  }
}

/** To 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((each) => each * power >= value) ?? 10;
  return step * power;
}

/** The worst of each of at most `count` equal parts: what is drawn is no wider than the screen, and hides no trouble. */
export function thinned(
  values: readonly (number | null)[],
  count: number,
  metric: Metric,
): (number | null)[] {
  if (values.length <= count) return [...values];
  return Array.from({ length: count }, (_, part) => {
    const from = Math.floor((part * values.length) / count);
    const to = Math.floor(((part + 1) * values.length) / count);
    return worst(values.slice(from, to), metric);
  });
}

/** The one that hurts most, or the loudest. */
export function worst(values: readonly (number | null)[], metric: Metric): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return metric === 'mos' ? Math.min(...known) : Math.max(...known);
}

/** An SVG path with a gap wherever nothing was measured; a value alone between gaps is a dot. */
export function pathOf(
  values: readonly (number | null)[],
  { min, max }: Scale,
  width: number,
  height: number,
): string {
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  let isDrawing = false;
  let path = '';
  for (const [index, value] of values.entries()) {
    if (value === null) {
      isDrawing = false;
      continue;
    }
    const part = (Math.min(max, Math.max(min, value)) - min) / (max - min);
    const x = (index * step).toFixed(1);
    const y = (height - part * height).toFixed(1);
    path += isDrawing ? `L${x} ${y}` : `M${x} ${y}h0.01`;
    isDrawing = true;
  }
  return path;
}

/** Moments that stand below the curves, in milliseconds: round ones, at most `count`. */
export function ticksOf(length_ms: number, count: number): number[] {
  const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600];
  const step_s = STEPS_S.find((each) => each * 1_000 * count >= length_ms) ?? 7_200;
  const ticks: number[] = [];
  for (let at = 0; at <= length_ms; at += step_s * 1_000) ticks.push(at);
  return ticks;
}

/** Which value is at a moment; `null`: none. */
export function indexAt(at_ms: number, step_ms: number, count: number): number | null {
  if (count === 0) return null;
  return Math.min(count - 1, Math.max(0, Math.round(at_ms / step_ms)));
}
