/** What was measured, for experts: tables of words, which the page draws and the text for the help desk writes down. */
import type { TFunction } from 'i18next';
import type { Candidate, Check, Echo, Reached, WayTest } from '../api/check.ts';
import { natsOf } from './nat.ts';

export interface Facts {
  title: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  note?: string;
}

/** Numbers as people read them. */
export interface Figures {
  /** Milliseconds. */
  time: (time_ms: number) => string;
  percent: (percent: number) => string;
  /** Kilobits a second, as megabits. */
  megabits: (kbit: number) => string;
}

export function factsOf(check: Check, seen_as: string, t: TFunction, figures: Figures): Facts[] {
  return [
    natFacts(check, t),
    candidateFacts(check, t),
    wayFacts(check, t, figures),
    lineFacts(check, seen_as, t, figures),
    deviceFacts(check, t),
  ].flatMap((facts) => facts ?? []);
}

function natFacts({ gathering, ways }: Check, t: TFunction): Facts | null {
  if (gathering === null) return null;
  const udp_works = ways.find(({ way }) => way === 'udp')?.is_connected ?? null;
  return {
    title: t('check.expert.nat'),
    columns: [
      t('check.expert.network'),
      t('check.expert.natType'),
      t('check.expert.natMapping'),
      t('check.expert.seen'),
    ],
    rows: natsOf(gathering, udp_works).map(({ family, type, mapping, seen }) => [
      t(`network.router.family.${family}`),
      t(`network.router.types.${type}`),
      t(`network.router.mappings.${mapping}`),
      seen.join(', ') || '–',
    ]),
  };
}

function candidateFacts({ gathering }: Check, t: TFunction): Facts | null {
  if (gathering === null) return null;
  const { candidates, is_complete, took_ms } = gathering;
  const incomplete = t('check.expert.incomplete', { seconds: Math.round(took_ms / 1_000) });
  const none = candidates.length === 0 ? t('check.expert.none') : '';
  const note = [none, is_complete ? '' : incomplete].filter((each) => each !== '').join(' ');
  return {
    title: t('check.expert.candidates'),
    columns: [
      t('check.expert.kindTitle'),
      t('check.expert.address'),
      t('check.expert.base'),
      t('check.expert.server'),
      t('check.expert.network'),
    ],
    rows: candidates.map((each) => [
      `${t(`check.expert.kind.${each.kind}`)}, ${each.protocol.toUpperCase()}`,
      socketWords(each, t),
      each.related ?? (each.related_port === null ? '–' : `:${each.related_port}`),
      each.server ?? '–',
      each.network ?? '–',
    ]),
    ...(note === '' ? {} : { note }),
  };
}

function socketWords({ address, port }: Candidate, t: TFunction): string {
  if (address === null) return `${t('check.expert.hidden')}:${port}`;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function wayFacts({ ways }: Check, t: TFunction, figures: Figures): Facts | null {
  if (ways.length === 0) return null;
  return {
    title: t('check.expert.ways'),
    columns: [
      t('check.expert.way'),
      t('check.expert.connected'),
      t('check.expert.tone'),
      t('check.expert.roundTrip'),
      t('check.expert.jitter'),
      t('check.expert.loss'),
    ],
    rows: ways.map((test) => [
      wayName(test, t),
      test.is_connected
        ? figures.time(test.took_ms)
        : t('check.expert.notConnected', { seconds: Math.round(test.took_ms / 1_000) }),
      ...echoWords(test.echo, t, figures),
    ]),
  };
}

function echoWords(echo: Echo | null, t: TFunction, { time, percent }: Figures): string[] {
  if (echo === null) return ['–', '–', '–', '–'];
  return [
    echo.is_heard ? t('check.yes') : t('check.no'),
    time(echo.round_trip_ms),
    time(echo.jitter_ms),
    `${percent(echo.loss_there_percent)} / ${percent(echo.loss_back_percent)}`,
  ];
}

function wayName({ way }: WayTest, t: TFunction): string {
  switch (way) {
    case 'udp':
      return t('check.expert.udp');
    case 'tcp':
      return t('check.expert.tcp');
    case 'tls':
      return t('check.expert.tls');
  }
}

function lineFacts(check: Check, seen_as: string, t: TFunction, { time, megabits }: Figures): Facts {
  const { page, websocket, bandwidth, clock_behind_ms: behind_ms } = check;
  const reached = (what: Reached | null) => {
    if (what === null) return t('check.expert.notMeasured');
    return what.is_reached
      ? t('check.expert.reached', { time: time(what.took_ms) })
      : t('check.expert.notReached', { error: what.error ?? '' });
  };
  const carried =
    bandwidth === null
      ? t('check.expert.notMeasured')
      : t('check.expert.bandwidth', { down: megabits(bandwidth.down_kbit), up: megabits(bandwidth.up_kbit) });
  return {
    title: t('check.expert.line'),
    columns: [],
    rows: [
      [t('check.expert.seenAs'), seen_as],
      [t('check.expert.page'), reached(page)],
      [t('check.expert.websocket'), reached(websocket)],
      [t('check.expert.line'), carried],
      [t('check.expert.clock'), clockWords(behind_ms, t, time)],
    ],
  };
}

function clockWords(behind_ms: number | null, t: TFunction, timeWords: Figures['time']): string {
  if (behind_ms === null) return t('check.expert.notMeasured');
  const time = timeWords(Math.abs(behind_ms));
  return behind_ms >= 0 ? t('check.expert.clockBehind', { time }) : t('check.expert.clockAhead', { time });
}

function deviceFacts({ microphone, speaker, headset, browser }: Check, t: TFunction): Facts {
  const unknown = t('check.expert.notMeasured');
  const peak = microphone?.peak_dbfs ?? null;
  const spoken = peak === null ? [] : [t('check.expert.peak', { level: peak })];
  const words = (label: string, count: number | null, more: string[] = []) =>
    [label, ...more, count === null ? '' : t('check.expert.ofDevices', { count })]
      .filter((each) => each !== '')
      .join(', ');
  return {
    title: t('check.expert.devices'),
    columns: [],
    rows: [
      [
        t('check.expert.microphone'),
        microphone === null ? unknown : words(microphone.label, microphone.devices, spoken),
      ],
      [t('check.expert.speaker'), speaker === null ? unknown : words(speaker.label, speaker.devices)],
      [t('check.expert.headset'), headset === null ? unknown : words(headset.name, null)],
      [t('check.expert.browser'), [browser.name, browser.system].filter((each) => each !== '').join(', ')],
    ],
  };
}
