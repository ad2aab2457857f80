import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useMedia } from '../backend.ts';
import type { Running } from '../phone/calls.ts';
import classes from './LineMeter.module.css';
import { drawLine, History } from './lineDrawing.ts';

/** How often the figures for screen readers are renewed, in milliseconds. */
const FIGURES_EVERY_MS = 500;

/**
 * The line between the two ends, with the sound travelling along it: ours to the right, theirs to the left. Whoever sees
 * one half move and not the other knows which way fails.
 */
export function LineMeter({ call, name }: { call: Running; name: string }) {
  const { t } = useTranslation();
  const media = useMedia();
  const canvas = useRef<HTMLCanvasElement>(null);
  const near = useRef<HTMLSpanElement>(null);
  const far = useRef<HTMLSpanElement>(null);
  const id = call.id;

  useEffect(() => {
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const nearHistory = new History();
    const farHistory = new History();
    let frame = 0;
    let told = 0;
    const draw = (now: number) => {
      const levels = media.levels(id);
      nearHistory.add(levels.near, now);
      farHistory.add(levels.far, now);
      if (canvas.current !== null) drawLine(canvas.current, nearHistory, farHistory, still);
      if (now - told > FIGURES_EVERY_MS) {
        told = now;
        near.current?.setAttribute('aria-valuenow', String(Math.round(100 * levels.near)));
        far.current?.setAttribute('aria-valuenow', String(Math.round(100 * levels.far)));
      }
      frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [media, id]);

  const first = name.split(' ')[0] ?? name;
  const poor = call.quality?.verdict === 'poor' ? call.quality.direction : undefined;
  return (
    <div className={classes.meter} data-hold={call.hold} data-media={call.media} data-poor={poor}>
      <span className={classes.near}>{t('call.you')}</span>
      <canvas ref={canvas} className={classes.canvas} aria-hidden="true" />
      <span className={`${classes.far ?? ''} clip`}>{first}</span>
      <span
        ref={near}
        className="hidden-text"
        role="meter"
        aria-label={t('call.levelNear')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={0}
      />
      <span
        ref={far}
        className="hidden-text"
        role="meter"
        aria-label={t('call.levelFar', { name })}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={0}
      />
    </div>
  );
}
