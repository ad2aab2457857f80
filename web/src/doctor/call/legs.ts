/** The ends of a call in words, and how each direction sounded. */
import { useTranslation } from 'react-i18next';
import type { Flight, FlightLeg, Series } from '../../api/doctor.ts';
import { useDirectory } from '../../people/directory.ts';

export type Kind = NonNullable<FlightLeg['kind']>;

/** `Anna Berger (browser)`, `Provider` for what is outside by a trunk. */
export function useLegName(): (leg: FlightLeg) => string {
  const { t } = useTranslation();
  const { nameOf } = useDirectory();
  return ({ party, name, kind, trunk }) => {
    const known = nameOf({ number: party, name: name === '' ? null : name });
    const who = known === '' ? t('doctor.sound.unknown') : known;
    if (trunk !== null) return t('doctor.call.by', { who, trunk });
    return kind === null ? who : t('doctor.call.at', { who, kind: t(`doctor.call.kind.${kind}`) });
  };
}

/** One direction of the sound, in one figure for each thing that is measured; `null`: it was not. */
export interface Direction {
  leg: FlightLeg;
  series: Series;
  mos: number | null;
  mos_min: number | null;
  loss_percent: number | null;
  jitter_ms: number | null;
  round_trip_ms: number | null;
}

/** In the order of the legs; what comes from a party before what goes to it. */
export function directionsOf({ legs, series }: Flight): Direction[] {
  return legs.flatMap((leg) =>
    (['received', 'sent'] as const).flatMap((direction) => {
      const found = series.find((each) => each.leg === leg.leg && each.direction === direction);
      return found === undefined ? [] : [summed(leg, found)];
    }),
  );
}

function summed(leg: FlightLeg, series: Series): Direction {
  const scores = known(series.mos);
  return {
    leg,
    series,
    mos: mean(scores),
    mos_min: scores.length === 0 ? null : Math.min(...scores),
    loss_percent: mean(known(series.loss_percent)),
    jitter_ms: mean(known(series.jitter_ms)),
    round_trip_ms: mean(known(series.round_trip_ms)),
  };
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
