import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  IconAlertCircle,
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconInfoCircle,
  IconRefresh,
} from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import admin from '../admin/Admin.module.css';
import { ListState } from '../admin/ListState.tsx';
import network from '../admin/network/Network.module.css';
import { Refused } from '../api/client.ts';
import type { Evidence, Findings } from '../api/doctor.ts';
import { useBackend } from '../backend.ts';
import { localeOf } from '../i18n/i18n.ts';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import { useNow } from '../ui/useNow.ts';
import { FindingCard } from './FindingCard.tsx';
import classes from './Doctor.module.css';
import { useEvidence, useFindings } from './queries.ts';
import { SEVERITIES } from './severity.ts';
import { agoWords } from './spans.ts';

/** How often "3 seconds ago" is looked at again, in milliseconds. */
const AGO_EVERY_MS = 1_000;

/** What is wrong now, the worst first. `marked`: the finding that a link leads to. */
export function FindingsPage({ marked }: { marked: string }) {
  const { t } = useTranslation();
  const errorWords = useErrorWords();
  const query = useFindings(true);
  const { data, error } = query;
  const isThere = data?.findings.some(({ id }) => id === marked) === true;
  useEffect(() => {
    if (isThere) document.getElementById(`finding-${marked}`)?.scrollIntoView({ block: 'start' });
  }, [isThere, marked]);
  if (data === undefined) {
    return (
      <div className={admin.card}>
        <ListState query={query} />
      </div>
    );
  }
  return (
    <>
      {error !== null && (
        <Notice tone="wait" icon={<IconAlertCircle size={20} />} title={errorWords(error)}>
          {t('network.stale')}
        </Notice>
      )}
      <Summary doctor={data} />
      {marked !== '' && !isThere && (
        <Notice tone="calm" icon={<IconCircleCheck size={20} />}>
          {t('doctor.gone')}
        </Notice>
      )}
      {data.findings.length > 0 && (
        <ul className={classes.findings} aria-label={t('doctor.page.findings')}>
          {data.findings.map((finding) => (
            <li key={finding.id} id={`finding-${finding.id}`}>
              <FindingCard finding={finding} isMarked={finding.id === marked} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

type Tone = 'good' | 'calm' | 'fair' | 'bad' | 'open';

function toneOfAll({ looked_at, counts }: Findings): Tone {
  if (looked_at === null) return 'open';
  if (counts.problem > 0) return 'bad';
  if (counts.warning > 0) return 'fair';
  return counts.note > 0 ? 'calm' : 'good';
}

/** All in one line, when that was so, and the button that looks again. */
function Summary({ doctor }: { doctor: Findings }) {
  const { t } = useTranslation();
  const tone = toneOfAll(doctor);
  return (
    <section className={network.finding} data-tone={tone} aria-labelledby="doctor-summary">
      <span className={network.findingIcon} aria-hidden="true">
        <ToneIcon tone={tone} />
      </span>
      <div className={network.findingWords}>
        <div role="status">
          <h2 id="doctor-summary">
            <SummaryWords doctor={doctor} />
          </h2>
        </div>
        <LookedAt doctor={doctor} isGood={tone === 'good'} />
        {tone === 'good' && <p>{t('doctor.goodText')}</p>}
        {tone === 'calm' && <p>{t('doctor.notesText')}</p>}
      </div>
      <div className={network.findingAction}>
        <LookAgain />
      </div>
    </section>
  );
}

function SummaryWords({ doctor }: { doctor: Findings }) {
  const { t, i18n } = useTranslation();
  if (doctor.looked_at === null) return t('doctor.notYet');
  const counted = SEVERITIES.filter((severity) => doctor.counts[severity] > 0);
  if (counted.length === 0) return t('doctor.good');
  const words = counted.map((severity) => t(`doctor.count.${severity}`, { count: doctor.counts[severity] }));
  return new Intl.ListFormat(localeOf(i18n.language)).format(words);
}

/** When the server has looked last, and at how much. */
function LookedAt({ doctor, isGood }: { doctor: Findings; isGood: boolean }) {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const now = useNow(AGO_EVERY_MS);
  const evidence = useEvidence(isGood);
  if (doctor.looked_at === null) return <p>{t('doctor.notYetText')}</p>;
  const ago = agoWords(now - Date.parse(doctor.looked_at), locale);
  const what = evidence.data === undefined ? [] : seen(evidence.data);
  if (what.length === 0) return <p>{t('doctor.looked', { ago })}</p>;
  const words = what.map(({ kind, count }) => t(`doctor.seen.${kind}`, { count }));
  return <p>{t('doctor.lookedAt', { ago, what: new Intl.ListFormat(locale).format(words) })}</p>;
}

export type Seen = 'stun' | 'trunk' | 'network' | 'phone' | 'call';

/** What there was to look at; what there was none of is not boasted of. */
function seen({ server, trunks, networks, phones, calls }: Evidence): { kind: Seen; count: number }[] {
  const all: { kind: Seen; count: number }[] = [
    { kind: 'stun', count: server.stun.servers.length },
    { kind: 'trunk', count: trunks.length },
    { kind: 'network', count: networks.length },
    { kind: 'phone', count: phones.length },
    { kind: 'call', count: calls.length },
  ];
  return all.filter(({ count }) => count > 0);
}

function ToneIcon({ tone }: { tone: Tone }) {
  switch (tone) {
    case 'good':
      return <IconCircleCheck size={28} />;
    case 'calm':
      return <IconInfoCircle size={28} />;
    case 'fair':
      return <IconAlertTriangle size={28} />;
    case 'bad':
      return <IconCircleX size={28} />;
    case 'open':
      return <IconClock size={28} />;
  }
}

/** Has the server look at everything again; it refuses when it has only just looked. */
function LookAgain() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const queries = useQueryClient();
  const errorWords = useErrorWords();
  const look = useMutation({
    mutationFn: () => api.retest(),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['doctor'] }),
  });
  const tooSoon = look.error instanceof Refused && look.error.status === 429;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconRefresh size={18} aria-hidden="true" />}
        loading={look.isPending}
        onClick={() => look.mutate()}
      >
        {t('doctor.again')}
      </Button>
      {look.isSuccess && (
        <Notice tone="calm" icon={<IconClock size={20} />}>
          {t('doctor.looking')}
        </Notice>
      )}
      {look.error !== null && (
        <Notice
          tone={tooSoon ? 'calm' : 'bad'}
          role="alert"
          icon={tooSoon ? <IconClock size={20} /> : <IconAlertCircle size={20} />}
        >
          {tooSoon ? t('errors.code.too-soon') : errorWords(look.error)}
        </Notice>
      )}
    </>
  );
}
