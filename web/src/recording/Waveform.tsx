import { useElementSize } from '@mantine/hooks';
import { useId, useMemo, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Peaks } from '../api/types.ts';
import { formatDuration } from '../phone/number.ts';
import classes from './Player.module.css';
import { barsOf, pathOf } from './shape.ts';

/** In pixels. */
const HEIGHT = 64;
const BAR = 3;
/** Before it is known how wide it is. */
const USUAL_WIDTH = 600;
const KEY_STEP_S = 5;
const PAGE_STEP_S = 60;

interface WaveformProps {
  /** `null`: not to be had, or not yet. */
  peaks: Peaks | null;
  at_s: number;
  length_s: number;
  onSeek: (at_s: number) => void;
  onToggle: () => void;
}

/** Both voices over time, one's own above the line: where one is, and a slider to be somewhere else. */
export function Waveform({ peaks, at_s, length_s, onSeek, onToggle }: WaveformProps) {
  const { t } = useTranslation();
  const { ref, width } = useElementSize<HTMLDivElement>();
  /** Where the pointer is while it drags. */
  const [dragged_s, setDragged] = useState<number | null>(null);
  const shown_s = dragged_s ?? at_s;
  const at = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    if (box.width === 0) return 0;
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * length_s;
  };
  const press = (event: KeyboardEvent) => {
    const next_s = keyed(event.key, at_s, length_s);
    if (next_s === null && event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    if (next_s === null) onToggle();
    else onSeek(next_s);
  };
  return (
    <div
      ref={ref}
      className={classes.wave}
      role="slider"
      tabIndex={0}
      aria-label={t('player.position')}
      aria-valuemin={0}
      aria-valuemax={Math.round(length_s)}
      aria-valuenow={Math.round(shown_s)}
      aria-valuetext={t('player.positionWords', {
        at: formatDuration(1_000 * shown_s),
        whole: formatDuration(1_000 * length_s),
      })}
      onKeyDown={press}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragged(at(event));
      }}
      onPointerMove={(event) => dragged_s !== null && setDragged(at(event))}
      onPointerUp={(event) => {
        if (dragged_s !== null) onSeek(at(event));
        setDragged(null);
      }}
      onPointerCancel={() => setDragged(null)}
    >
      <Shape
        peaks={peaks}
        width={width === 0 ? USUAL_WIDTH : width}
        part={length_s === 0 ? 0 : shown_s / length_s}
      />
    </div>
  );
}

/** Where a key leads; `null`: it leads nowhere. */
function keyed(key: string, at_s: number, length_s: number): number | null {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return at_s + KEY_STEP_S;
    case 'ArrowLeft':
    case 'ArrowDown':
      return at_s - KEY_STEP_S;
    case 'PageUp':
      return at_s + PAGE_STEP_S;
    case 'PageDown':
      return at_s - PAGE_STEP_S;
    case 'Home':
      return 0;
    case 'End':
      return length_s;
    default:
      return null;
  }
}

/** `part`: how much has been played. */
function Shape({ peaks, width, part }: { peaks: Peaks | null; width: number; part: number }) {
  const played = useId();
  const middle = HEIGHT / 2;
  const { own, others } = useMemo(() => {
    const count = Math.max(1, Math.floor(width / BAR));
    const path = (levels: readonly number[], way: -1 | 1) => pathOf(barsOf(levels, count), BAR, middle, way);
    return { own: path(peaks?.own ?? [], -1), others: path(peaks?.others ?? [], 1) };
  }, [peaks, width, middle]);
  return (
    <svg width="100%" height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
      <clipPath id={played}>
        <rect x={0} y={0} width={Math.max(0, part * width)} height={HEIGHT} />
      </clipPath>
      <g className={classes.ahead}>
        <path d={own} />
        <path d={others} />
      </g>
      <g clipPath={`url(#${played})`}>
        <path className={classes.own} d={own} />
        <path className={classes.others} d={others} />
      </g>
      <line className={classes.here} x1={part * width} x2={part * width} y1={2} y2={HEIGHT - 2} />
    </svg>
  );
}
