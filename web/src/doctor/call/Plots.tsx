import { useElementSize } from '@mantine/hooks';
import { useId, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { METRICS, type Mark, type Metric, type Series } from '../../api/doctor.ts';
import { localeOf } from '../../i18n/i18n.ts';
import { formatDuration } from '../../phone/number.ts';
import classes from './Call.module.css';
import { indexAt, pathOf, scaleOf, thinned, ticksOf, worst } from './plot.ts';

/** In pixels. */
const HEIGHT = 56;
/** Before it is known how wide it is. */
const USUAL_WIDTH = 480;
/** A tick for each so many pixels, at most. */
const TICK_WIDTH = 90;
/** How many values one key leads on. */
const PAGE_STEPS = 10;
/** Rows of the table that says the same as the curves, at most. */
const ROWS_MAX = 60;

/** A metric's value in words. */
function useValueWords(): (metric: Metric, value: number | null) => string {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  return (metric, value) => {
    if (value === null) return t('doctor.sound.unknown');
    const digits = metric === 'mos' || (metric === 'loss_percent' && value > 0 && value < 10) ? 1 : 0;
    const figure = value.toLocaleString(locale, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    return t(`doctor.unit.${metric}`, { value: figure });
  };
}

interface PlotsProps {
  series: Series;
  marks: readonly Mark[];
  /** Of the whole call, so that all directions lie below each other. */
  length_ms: number;
  /** Whose curves these are. */
  name: string;
  /** Where somebody looks, in all directions at once; `null`: nowhere. */
  at_ms: number | null;
  onLook: (at_ms: number | null) => void;
}

/** The curves of one direction above each other, with a line where one looks; and the same as a table. */
export function Plots({ series, marks, length_ms, name, at_ms, onLook }: PlotsProps) {
  const { t } = useTranslation();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const valueWords = useValueWords();
  const wide = width === 0 ? USUAL_WIDTH : width;
  const count = Math.max(...METRICS.map((metric) => series[metric].length));
  const index = at_ms === null ? null : indexAt(at_ms - series.from_ms, series.step_ms, count);
  const shown_ms = momentOf(series, index ?? 0);
  const spoken = METRICS.map(
    (metric) => `${t(`doctor.metric.${metric}`)} ${valueWords(metric, series[metric][index ?? 0] ?? null)}`,
  );
  const press = (event: KeyboardEvent) => {
    const next = keyed(event.key, index ?? 0, count);
    if (next === null) return;
    event.preventDefault();
    onLook(momentOf(series, next));
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    if (box.width > 0) onLook(((event.clientX - box.left) / box.width) * length_ms);
  };
  return (
    <>
      <div
        ref={ref}
        className={classes.plots}
        role="slider"
        tabIndex={0}
        aria-label={t('doctor.call.look', { name })}
        aria-valuemin={0}
        aria-valuemax={Math.round(length_ms / 1_000)}
        aria-valuenow={Math.round(shown_ms / 1_000)}
        aria-valuetext={`${formatDuration(shown_ms)}: ${spoken.join(', ')}`}
        onKeyDown={press}
        onPointerDown={move}
        onPointerMove={move}
        onPointerLeave={() => onLook(null)}
        onBlur={() => onLook(null)}
      >
        {METRICS.map((metric) => (
          <Plot
            key={metric}
            metric={metric}
            series={series}
            marks={marks}
            length_ms={length_ms}
            width={wide}
            index={index}
          />
        ))}
        <Ticks length_ms={length_ms} width={wide} at_ms={index === null ? null : shown_ms} />
      </div>
      <AsTable series={series} name={name} />
    </>
  );
}

/** When a value was measured, in milliseconds since the call began. */
function momentOf({ from_ms, step_ms }: Series, index: number): number {
  return from_ms + index * step_ms;
}

/** Where a key leads; `null`: it leads nowhere. */
function keyed(key: string, index: number, count: number): number | null {
  const inside = (next: number) => Math.min(count - 1, Math.max(0, next));
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return inside(index + 1);
    case 'ArrowLeft':
    case 'ArrowDown':
      return inside(index - 1);
    case 'PageUp':
      return inside(index + PAGE_STEPS);
    case 'PageDown':
      return inside(index - PAGE_STEPS);
    case 'Home':
      return 0;
    case 'End':
      return inside(count - 1);
    default:
      return null;
  }
}

interface PlotProps {
  metric: Metric;
  series: Series;
  marks: readonly Mark[];
  length_ms: number;
  width: number;
  index: number | null;
}

function Plot({ metric, series, marks, length_ms, width, index }: PlotProps) {
  const { t } = useTranslation();
  const valueWords = useValueWords();
  const clip = useId();
  const values = series[metric];
  const isMeasured = values.some((value) => value !== null);
  const scale = scaleOf(metric, values);
  const whole_ms = Math.max(length_ms, 1);
  // A running series ends before the call does; each value stands where it was measured.
  const own = (((values.length - 1) * series.step_ms) / whole_ms) * width;
  const x = (at: number) => (at / whole_ms) * width;
  return (
    <div className={classes.plot} data-metric={metric}>
      <div className={classes.plotHead}>
        <span>{t(`doctor.metric.${metric}`)}</span>
        <span className="figures">
          {index !== null
            ? valueWords(metric, values[index] ?? null)
            : isMeasured &&
              t(metric === 'level_dbov' ? 'doctor.call.loudest' : 'doctor.call.worst', {
                value: valueWords(metric, worst(values, metric)),
              })}
        </span>
      </div>
      {isMeasured ? (
        <div className={classes.curveBox}>
          <span className={classes.scale} aria-hidden="true">
            {valueWords(metric, scale.max)}
          </span>
          <span className={classes.scale} aria-hidden="true">
            {valueWords(metric, scale.min)}
          </span>
          <svg width={width} height={HEIGHT} aria-hidden="true">
            <clipPath id={clip}>
              <rect width={width} height={HEIGHT} />
            </clipPath>
            <path
              className={classes.axis}
              d={`M0 ${HEIGHT - 0.5}H${width}M0 ${HEIGHT / 2}H${width}M0 0.5H${width}`}
            />
            <g clipPath={`url(#${clip})`}>
              {marks.map(({ at_ms, kind }, each) => (
                <path
                  key={each}
                  className={classes.mark}
                  data-kind={kind}
                  d={`M${x(at_ms).toFixed(1)} 0V${HEIGHT}`}
                />
              ))}
              <path
                className={classes.curve}
                d={pathOf(thinned(values, Math.ceil(width), metric), scale, own, HEIGHT - 3)}
                transform={`translate(${x(series.from_ms).toFixed(1)} 1.5)`}
              />
              {index !== null && (
                <path className={classes.look} d={`M${x(momentOf(series, index)).toFixed(1)} 0V${HEIGHT}`} />
              )}
            </g>
          </svg>
        </div>
      ) : (
        <p className={classes.unmeasured}>{t('doctor.call.unmeasured')}</p>
      )}
    </div>
  );
}

/** The time below the curves. */
function Ticks({ length_ms, width, at_ms }: { length_ms: number; width: number; at_ms: number | null }) {
  const ticks = ticksOf(length_ms, Math.max(2, Math.floor(width / TICK_WIDTH)));
  const whole_ms = Math.max(length_ms, 1);
  return (
    <div className={`${classes.ticks ?? ''} figures`} aria-hidden="true">
      {at_ms === null ? (
        ticks.map((at) => (
          <span key={at} style={{ left: `${(100 * at) / whole_ms}%` }}>
            {formatDuration(at)}
          </span>
        ))
      ) : (
        <strong style={{ left: `${(100 * at_ms) / whole_ms}%` }}>{formatDuration(at_ms)}</strong>
      )}
    </div>
  );
}

/** The same in figures. It is long, so that it is only made when somebody opens it. */
function AsTable({ series, name }: { series: Series; name: string }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <details className={classes.asTable} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('doctor.call.asTable')}</summary>
      {isOpen && <ValuesTable series={series} name={name} />}
    </details>
  );
}

function ValuesTable({ series, name }: { series: Series; name: string }) {
  const { t } = useTranslation();
  const valueWords = useValueWords();
  const count = Math.max(...METRICS.map((metric) => series[metric].length));
  const rows = Math.min(count, ROWS_MAX);
  const columns = METRICS.map((metric) => ({ metric, values: thinned(series[metric], rows, metric) }));
  const label = t('doctor.call.valuesOf', { name });
  return (
    // Taller than its place: it is moved by keys as well.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.values} tabIndex={0} role="region" aria-label={label}>
      <table className="figures">
        <caption className="hidden-text">{label}</caption>
        <thead>
          <tr>
            <th scope="col">{t('doctor.call.time')}</th>
            {METRICS.map((metric) => (
              <th key={metric} scope="col">
                {t(`doctor.metric.${metric}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, row) => (
            <tr key={row}>
              <th scope="row">{formatDuration(momentOf(series, Math.floor((row * count) / rows)))}</th>
              {columns.map(({ metric, values }) => (
                <td key={metric}>{valueWords(metric, values[row] ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
