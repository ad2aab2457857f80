import { IconArrowLeft, IconRouteOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import admin from '../../admin/Admin.module.css';
import { DataTable } from '../../admin/DataTable.tsx';
import { ListState } from '../../admin/ListState.tsx';
import { Section } from '../../admin/outside/Section.tsx';
import outside from '../../admin/outside/Outside.module.css';
import type { Flight } from '../../api/doctor.ts';
import { localeOf } from '../../i18n/i18n.ts';
import { useMe } from '../../people/directory.ts';
import { formatDuration } from '../../phone/number.ts';
import { useParts } from '../../shell/route.ts';
import { Empty } from '../../ui/Empty.tsx';
import { useTimeWords } from '../../ui/time.ts';
import { addressOf } from '../addresses.ts';
import doctor from '../Doctor.module.css';
import { useFlight } from '../queries.ts';
import { soundOf } from '../severity.ts';
import { SoundTag } from '../Tags.tsx';
import { Bundle } from './Bundle.tsx';
import classes from './Call.module.css';
import { Captures } from './Captures.tsx';
import { LadderView, MarkRow } from './Ladder.tsx';
import { directionsOf, useLegName, type Direction } from './legs.ts';
import { Plots } from './Plots.tsx';

/** How a call went: what was said by whom when, and how it sounded all the time. */
export function CallDetails() {
  const [call = ''] = useParts();
  return <Details key={call} call={call} />;
}

function Details({ call }: { call: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const isAdmin = me.role === 'administrator';
  const query = useFlight(call);
  return (
    <div className={`${admin.page ?? ''} ${classes.page ?? ''}`}>
      <a className={doctor.back} href={isAdmin ? addressOf('calls') : '#/recent'}>
        <IconArrowLeft size={18} aria-hidden="true" />
        {t(isAdmin ? 'doctor.call.back' : 'doctor.call.backToOwn')}
      </a>
      {query.data == null ? <Nothing query={query} isEmpty={call === ''} /> : <Known flight={query.data} />}
    </div>
  );
}

/** What stands there as long as there is nothing to show. */
function Nothing({ query, isEmpty }: { query: ReturnType<typeof useFlight>; isEmpty: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <h1>{t('doctor.call.title')}</h1>
      <div className={admin.card}>
        {isEmpty || query.data === null ? (
          <Empty icon={<IconRouteOff />} title={t('doctor.call.none')} text={t('doctor.call.noneText')} />
        ) : (
          <ListState query={query} />
        )}
      </div>
    </>
  );
}

function Known({ flight }: { flight: Flight }) {
  const { t, i18n } = useTranslation();
  const isAdmin = useMe().role === 'administrator';
  const legName = useLegName();
  const directions = directionsOf(flight);
  const length_ms = lengthOf(flight);
  const begun = new Date(flight.begun_at).toLocaleString(localeOf(i18n.language), {
    dateStyle: 'medium',
    timeStyle: 'medium',
  });
  return (
    <>
      <div className={classes.heading}>
        <div>
          <h1>{new Intl.ListFormat(localeOf(i18n.language)).format(flight.legs.map(legName))}</h1>
          <p className="figures">
            {flight.ended_at_ms === null
              ? t('doctor.call.running', { begun })
              : t('doctor.call.begun', { begun, length: formatDuration(length_ms) })}
          </p>
        </div>
        {isAdmin && <Bundle call={flight.call} />}
      </div>
      <Sound directions={directions} />
      <Story flight={flight} />
      {directions.length > 0 && <Curves flight={flight} directions={directions} length_ms={length_ms} />}
      {isAdmin && <Captures flight={flight} />}
    </>
  );
}

/** Until the last thing that is known of it. */
function lengthOf({ ended_at_ms, ladder, marks, series }: Flight): number {
  if (ended_at_ms !== null) return Math.max(1_000, ended_at_ms);
  const ends = series.map(({ from_ms, step_ms, packets }) => from_ms + step_ms * packets.length);
  return Math.max(1_000, ...ladder.map(({ at_ms }) => at_ms), ...marks.map(({ at_ms }) => at_ms), ...ends);
}

function useDirectionName(): (direction: Direction) => string {
  const { t } = useTranslation();
  const legName = useLegName();
  return ({ leg, series }) =>
    t(series.direction === 'received' ? 'doctor.call.from' : 'doctor.call.to', { name: legName(leg) });
}

/** A verdict for each direction. What was not measured is not called good. */
function Sound({ directions }: { directions: readonly Direction[] }) {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const timeWords = useTimeWords();
  const directionName = useDirectionName();
  const unknown = <span className={admin.soft}>{t('doctor.sound.unknown')}</span>;
  const score = (mos: number) =>
    mos.toLocaleString(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return (
    <Section id="call-sound" title={t('doctor.call.sound')} text={t('doctor.call.soundText')}>
      {directions.length === 0 ? (
        <p className={outside.body}>{t('doctor.call.unmeasured')}</p>
      ) : (
        <DataTable
          items={directions}
          keyOf={({ leg, series }) => `${leg.leg} ${series.direction}`}
          columns={[
            {
              title: t('doctor.call.direction'),
              plain: true,
              cell: (direction) => <strong className={admin.by}>{directionName(direction)}</strong>,
            },
            { title: t('doctor.networks.verdict'), cell: ({ mos }) => <SoundTag verdict={soundOf(mos)} /> },
            {
              title: t('doctor.metric.mos'),
              className: 'figures',
              cell: ({ mos, mos_min }) =>
                mos === null || mos_min === null
                  ? unknown
                  : t('doctor.call.score', { mos: score(mos), min: score(mos_min) }),
            },
            {
              title: t('doctor.metric.loss_percent'),
              className: 'figures',
              cell: ({ loss_percent }) =>
                loss_percent === null
                  ? unknown
                  : (loss_percent / 100).toLocaleString(locale, {
                      style: 'percent',
                      maximumFractionDigits: 1,
                    }),
            },
            {
              title: t('doctor.metric.jitter_ms'),
              className: 'figures',
              cell: ({ jitter_ms }) => (jitter_ms === null ? unknown : timeWords(jitter_ms)),
            },
            {
              title: t('doctor.metric.round_trip_ms'),
              className: `figures ${admin.rest ?? ''}`,
              cell: ({ round_trip_ms }) => (round_trip_ms === null ? unknown : timeWords(round_trip_ms)),
            },
          ]}
        />
      )}
    </Section>
  );
}

/** The ladder for administrators; for others what happened, without the messages. */
function Story({ flight }: { flight: Flight }) {
  const { t } = useTranslation();
  const hasLadder = flight.ladder.length > 0;
  if (!hasLadder && flight.marks.length === 0) return null;
  return (
    <Section
      id="call-story"
      title={t(hasLadder ? 'doctor.call.ladder' : 'doctor.call.story')}
      text={hasLadder ? t('doctor.call.ladderText') : undefined}
    >
      {flight.left_out > 0 && (
        <p className={outside.body}>{t('doctor.call.leftOut', { count: flight.left_out })}</p>
      )}
      {hasLadder ? (
        <LadderView flight={flight} />
      ) : (
        <ol className={`${classes.steps ?? ''} ${classes.alone ?? ''}`}>
          {flight.marks.map((mark, index) => (
            <MarkRow key={index} mark={mark} />
          ))}
        </ol>
      )}
    </Section>
  );
}

interface CurvesProps {
  flight: Flight;
  directions: readonly Direction[];
  length_ms: number;
}

function Curves({ flight, directions, length_ms }: CurvesProps) {
  const { t } = useTranslation();
  const directionName = useDirectionName();
  const [at_ms, setAt] = useState<number | null>(null);
  return (
    <Section id="call-curves" title={t('doctor.call.curves')} text={t('doctor.call.curvesText')}>
      <div className={classes.curves}>
        {directions.map((direction) => (
          <section
            key={`${direction.leg.leg} ${direction.series.direction}`}
            className={classes.direction}
            aria-label={directionName(direction)}
          >
            <h3>
              {directionName(direction)} <SoundTag verdict={soundOf(direction.mos)} />
            </h3>
            <Plots
              series={direction.series}
              marks={flight.marks}
              length_ms={length_ms}
              name={directionName(direction)}
              at_ms={at_ms}
              onLook={setAt}
            />
          </section>
        ))}
      </div>
    </Section>
  );
}
