import { IconAlertTriangle, IconArrowNarrowRight, IconPointFilled } from '@tabler/icons-react';
import { useMemo, type CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { Flight, Mark } from '../../api/doctor.ts';
import { localeOf } from '../../i18n/i18n.ts';
import classes from './Call.module.css';
import { ladderOf, type Arrow, type Lane } from './ladder.ts';
import { useLegName } from './legs.ts';

/** What was said between the phones and us, downwards in time; and what else happened then. */
export function LadderView({ flight }: { flight: Flight }) {
  const { t } = useTranslation();
  const { lanes, steps } = useMemo(() => ladderOf(flight), [flight]);
  const laneName = useLaneName();
  const style = { '--lanes': Math.max(1, lanes.length) } as CSSProperties;
  return (
    // Wider than a phone: it is moved sideways, also by keys.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.ladderBox} tabIndex={0} role="region" aria-label={t('doctor.call.ladder')}>
      <div className={classes.ladder} style={style}>
        {lanes.length > 0 && (
          <div className={classes.lanes} aria-hidden="true">
            <span />
            {lanes.map((lane) => (
              <strong key={lane.key} className="clip" title={laneName(lane)}>
                {laneName(lane)}
              </strong>
            ))}
          </div>
        )}
        <ol className={classes.steps}>
          {steps.map((step, index) =>
            step.kind === 'arrow' ? (
              <ArrowRow key={index} arrow={step} lanes={lanes} />
            ) : (
              <MarkRow key={index} mark={step.mark} />
            ),
          )}
        </ol>
      </div>
    </div>
  );
}

function useLaneName(): (lane: Lane) => string {
  const legName = useLegName();
  return ({ leg, name }) => (leg === null ? name : legName(leg));
}

function ArrowRow({ arrow: { rung, from, to }, lanes }: { arrow: Arrow; lanes: readonly Lane[] }) {
  const { t } = useTranslation();
  const laneName = useLaneName();
  const named = (at: number) => {
    const lane = lanes[at];
    return lane === undefined ? '' : laneName(lane);
  };
  const style = {
    '--from': Math.min(from, to),
    '--span': Math.abs(to - from),
  } as CSSProperties;
  return (
    <li className={classes.row}>
      <Offset at_ms={rung.at_ms} />
      <span className="hidden-text">{t('doctor.call.message', { from: named(from), to: named(to) })} </span>
      <span
        className={classes.arrow}
        style={style}
        data-way={from === to ? 'self' : from < to ? 'right' : 'left'}
        data-tone={toneOf(rung.what)}
      >
        <span className={`${classes.arrowWords ?? ''} clip`} title={rung.note === '' ? undefined : rung.note}>
          <strong>{rung.what}</strong>
          {rung.note !== '' && <span className={classes.note}> {rung.note}</span>}
        </span>
        <span className={classes.line} aria-hidden="true">
          <IconArrowNarrowRight size={18} />
        </span>
      </span>
    </li>
  );
}

export function MarkRow({ mark }: { mark: Mark }) {
  const isTrouble = mark.kind === 'trouble';
  return (
    <li className={`${classes.row ?? ''} ${classes.markRow ?? ''}`} data-kind={mark.kind}>
      <Offset at_ms={mark.at_ms} />
      <span className={classes.markWords}>
        {isTrouble ? (
          <IconAlertTriangle size={16} aria-hidden="true" />
        ) : (
          <IconPointFilled size={16} aria-hidden="true" />
        )}
        {mark.text}
      </span>
    </li>
  );
}

function Offset({ at_ms }: { at_ms: number }) {
  const { t, i18n } = useTranslation();
  const time = (at_ms / 1_000).toLocaleString(localeOf(i18n.language), {
    minimumFractionDigits: 3,
    maximumFractionDigits: 3,
  });
  return <span className={`${classes.offset ?? ''} figures`}>{t('app.seconds', { time })}</span>;
}

/** Answers by their class; requests are neutral, and so is what asks for a password or confirms that somebody has given up. */
function toneOf(what: string): 'good' | 'bad' | undefined {
  if (/^2\d\d\b/.test(what)) return 'good';
  return /^(?!401|407|487)[456]\d\d\b/.test(what) ? 'bad' : undefined;
}
