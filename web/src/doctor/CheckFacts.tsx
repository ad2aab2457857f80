import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import admin from '../admin/Admin.module.css';
import { DataTable } from '../admin/DataTable.tsx';
import outside from '../admin/outside/Outside.module.css';
import { Section } from '../admin/outside/Section.tsx';
import type { Candidate, Check, Reached, WayTest } from '../api/doctor.ts';
import { localeOf } from '../i18n/i18n.ts';
import { Tag } from '../ui/Tag.tsx';
import { useTimeWords } from '../ui/time.ts';
import classes from './Doctor.module.css';

/** Everything that a browser has measured; what it did not try is called that. */
export function CheckFacts({ check }: { check: Check }) {
  const { t } = useTranslation();
  return (
    <>
      <Ways ways={check.ways} />
      <Section id="check-computer" title={t('doctor.result.computer')}>
        <div className={outside.body}>
          <dl className={outside.facts}>
            <ComputerFacts check={check} />
            <SoundFacts check={check} />
          </dl>
        </div>
      </Section>
      <Candidates check={check} />
    </>
  );
}

function Ways({ ways }: { ways: readonly WayTest[] }) {
  const { t, i18n } = useTranslation();
  const timeWords = useTimeWords();
  const locale = localeOf(i18n.language);
  const percent = (value: number) =>
    (value / 100).toLocaleString(locale, { style: 'percent', maximumFractionDigits: 1 });
  const unknown = <span className={outside.soft}>{t('doctor.sound.unknown')}</span>;
  const echo = (show: (echo: NonNullable<WayTest['echo']>) => ReactNode) =>
    function Echo(test: WayTest) {
      return test.echo == null ? unknown : show(test.echo);
    };
  return (
    <Section id="check-ways" title={t('doctor.result.ways')} text={t('doctor.result.waysText')}>
      {ways.length === 0 ? (
        <p className={outside.body}>{t('doctor.result.untried')}</p>
      ) : (
        <DataTable
          items={ways}
          keyOf={({ way }) => way}
          columns={[
            {
              title: t('doctor.result.way'),
              plain: true,
              cell: ({ way }) => <strong>{t(`doctor.result.by.${way}`)}</strong>,
            },
            {
              title: t('doctor.result.sound'),
              cell: (test) => (
                <span className={classes.tags}>
                  <WayTag test={test} />
                  <span className={outside.soft}>
                    {t('doctor.result.after', { time: timeWords(test.took_ms) })}
                  </span>
                </span>
              ),
            },
            {
              title: t('doctor.metric.round_trip_ms'),
              className: 'figures',
              cell: echo(({ round_trip_ms }) => timeWords(round_trip_ms)),
            },
            {
              title: t('doctor.metric.jitter_ms'),
              className: 'figures',
              cell: echo(({ jitter_ms }) => timeWords(jitter_ms)),
            },
            {
              title: t('doctor.result.loss'),
              className: `figures ${admin.rest ?? ''}`,
              cell: echo(
                ({ loss_there_percent, loss_back_percent }) =>
                  `${percent(loss_there_percent)} / ${percent(loss_back_percent)}`,
              ),
            },
          ]}
        />
      )}
    </Section>
  );
}

/** Whether sound went there and back; a way that nobody listened on is not called silent. */
function WayTag({ test: { is_connected, echo } }: { test: WayTest }) {
  const { t } = useTranslation();
  if (!is_connected) return <Tag tone="bad">{t('doctor.result.failed')}</Tag>;
  if (echo == null) return <Tag tone="quiet">{t('doctor.result.connected')}</Tag>;
  return echo.is_heard ? (
    <Tag tone="good">{t('doctor.result.heard')}</Tag>
  ) : (
    <Tag tone="bad">{t('doctor.result.unheard')}</Tag>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function ComputerFacts({ check }: { check: Check }) {
  const { t, i18n } = useTranslation();
  const timeWords = useTimeWords();
  const locale = localeOf(i18n.language);
  const { browser, page, websocket, bandwidth, permission, took_ms } = check;
  const reached = (what: Reached | null | undefined) => {
    if (what == null) return t('doctor.result.untried');
    if (!what.is_reached) return what.error ?? t('doctor.result.failed');
    return t('doctor.result.after', { time: timeWords(what.took_ms) });
  };
  const megabits = (kbit: number) => (kbit / 1_000).toLocaleString(locale, { maximumFractionDigits: 1 });
  return (
    <>
      <Row name={t('doctor.result.browser')}>
        {browser.name}, {browser.system}
        {browser.missing.length > 0 && (
          <div>
            <Tag tone="bad">{t('doctor.result.missing', { what: browser.missing.join(', ') })}</Tag>
          </div>
        )}
        {browser.is_insecure && (
          <div>
            <Tag tone="bad">{t('doctor.result.insecure')}</Tag>
          </div>
        )}
      </Row>
      <Row name={t('doctor.result.page')}>{reached(page)}</Row>
      <Row name={t('doctor.result.websocket')}>{reached(websocket)}</Row>
      <Row name={t('doctor.result.bandwidth')}>
        {bandwidth == null
          ? t('doctor.result.untried')
          : t('doctor.result.megabits', {
              down: megabits(bandwidth.down_kbit),
              up: megabits(bandwidth.up_kbit),
            })}
      </Row>
      <Row name={t('doctor.result.permission')}>{t(`doctor.result.may.${permission ?? 'untried'}`)}</Row>
      <Row name={t('doctor.result.took')}>{timeWords(took_ms)}</Row>
    </>
  );
}

function SoundFacts({ check: { microphone, speaker, headset } }: { check: Check }) {
  const { t } = useTranslation();
  const untried = t('doctor.result.untried');
  const heard = (is: boolean | null | undefined) =>
    t(`doctor.result.answer.${is == null ? 'none' : is ? 'yes' : 'no'}`);
  return (
    <>
      <Row name={t('doctor.result.microphone')}>
        {microphone == null ? (
          untried
        ) : microphone.devices === 0 ? (
          <Tag tone="bad">{t('doctor.result.noDevice')}</Tag>
        ) : (
          <>
            {microphone.label}
            <div className={outside.soft}>
              {microphone.peak_dbfs == null
                ? t('doctor.result.noLevel')
                : t('doctor.result.level', { level: microphone.peak_dbfs })}
            </div>
            {microphone.is_muted && <Tag tone="bad">{t('doctor.result.muted')}</Tag>}
            {microphone.has_ended && <Tag tone="bad">{t('doctor.result.ended')}</Tag>}
          </>
        )}
      </Row>
      <Row name={t('doctor.result.speaker')}>
        {speaker == null ? (
          untried
        ) : (
          <>
            {speaker.label}
            <div className={outside.soft}>
              {speaker.error ??
                t('doctor.result.tone', {
                  tone: heard(speaker.is_heard),
                  own: heard(speaker.is_recording_heard),
                })}
            </div>
          </>
        )}
      </Row>
      <Row name={t('doctor.result.headset')}>
        {headset == null ? (
          untried
        ) : (
          <>
            {headset.name}
            <div className={outside.soft}>{t(`doctor.result.buttons.${headset.state}`)}</div>
          </>
        )}
      </Row>
    </>
  );
}

function Candidates({ check: { gathering } }: { check: Check }) {
  const { t } = useTranslation();
  const timeWords = useTimeWords();
  if (gathering == null) return null;
  const { candidates, is_complete, took_ms } = gathering;
  const hidden = t('doctor.result.hidden');
  const text = is_complete
    ? t('doctor.result.complete', { time: timeWords(took_ms) })
    : t('doctor.result.incomplete', { time: timeWords(took_ms) });
  return (
    <Section id="check-candidates" title={t('doctor.result.candidates')} text={text}>
      {candidates.length === 0 ? (
        <p className={outside.body}>{t('doctor.result.noCandidates')}</p>
      ) : (
        <DataTable<Candidate>
          items={candidates}
          keyOf={({ kind, protocol, address, port, server }) =>
            `${kind} ${protocol} ${address ?? ''} ${port} ${server ?? ''}`
          }
          columns={[
            {
              title: t('doctor.result.candidate'),
              plain: true,
              cell: ({ kind, protocol }) => (
                <>
                  <strong>{t(`doctor.result.kind.${kind}`)}</strong>{' '}
                  <span className={outside.soft}>{protocol.toUpperCase()}</span>
                </>
              ),
            },
            {
              title: t('doctor.result.address'),
              className: 'figures',
              cell: ({ address, port }) => `${address ?? hidden}:${port}`,
            },
            { title: t('doctor.result.seenBy'), cell: ({ server }) => server ?? '' },
            {
              title: t('doctor.result.network'),
              className: admin.rest,
              cell: ({ network }) => network ?? '',
            },
          ]}
        />
      )}
    </Section>
  );
}
