import { Button } from '@mantine/core';
import { IconListDetails, IconPhoneCall } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import admin from '../admin/Admin.module.css';
import { DataList, type Column } from '../admin/DataTable.tsx';
import { Section } from '../admin/outside/Section.tsx';
import type { JournalCall } from '../api/types.ts';
import { localeOf } from '../i18n/i18n.ts';
import { useDirectory } from '../people/directory.ts';
import { formatDuration } from '../phone/number.ts';
import { momentWords } from '../ui/moment.ts';
import { callAddress } from './addresses.ts';
import classes from './Doctor.module.css';
import { useAllCalls } from './queries.ts';
import { SoundTag } from './Tags.tsx';

/** Everybody's calls with how they sounded, newest first; each leads to its details. */
export function AllCalls() {
  const { t } = useTranslation();
  const columns = useColumns();
  const names = useNames();
  const query = useAllCalls();
  return (
    <Section id="all-calls" title={t('doctor.calls.title')} text={t('doctor.calls.text')}>
      <DataList
        query={query}
        empty={{ icon: <IconPhoneCall />, title: t('recent.empty') }}
        columns={columns}
        items={query.data?.pages.flatMap(({ calls }) => calls) ?? []}
        keyOf={({ id }) => id}
        actions={(call) => (
          <a className={classes.iconLink} href={callAddress(call.id)}>
            <IconListDetails size={19} aria-hidden="true" />
            <span className="hidden-text">{t('doctor.call.details', { name: names(call) })}</span>
          </a>
        )}
      />
      {query.hasNextPage && (
        <div className={admin.more}>
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t('recent.more')}
          </Button>
        </div>
      )}
    </Section>
  );
}

function useNames(): (call: JournalCall) => string {
  const { t } = useTranslation();
  const { nameOf } = useDirectory();
  return ({ caller, called }) => t('doctor.call.between', { caller: nameOf(caller), called: nameOf(called) });
}

function useColumns(): Column<JournalCall>[] {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const now = new Date();
  const names = useNames();
  return [
    {
      title: t('doctor.calls.call'),
      plain: true,
      cell: (call) => <strong className={admin.by}>{names(call)}</strong>,
    },
    {
      title: t('recordings.time'),
      className: `figures ${admin.nowrap ?? ''}`,
      cell: ({ started_at }) => <time dateTime={started_at}>{momentWords(started_at, now, locale)}</time>,
    },
    {
      title: t('recordings.length'),
      className: 'figures',
      cell: ({ duration_seconds, outcome }) =>
        duration_seconds === null ? (
          <span className={admin.soft}>
            {outcome === 'cancelled' ? t('doctor.calls.cancelled') : t(`recent.outcome.${outcome}`)}
          </span>
        ) : (
          formatDuration(1_000 * duration_seconds)
        ),
    },
    {
      title: t('doctor.networks.sound'),
      cell: ({ quality, answered_at }) =>
        answered_at !== null && (
          <span className={classes.tags}>
            <SoundTag verdict={quality?.verdict ?? 'unknown'} />
            {typeof quality?.mos === 'number' && (
              <span className={`${admin.soft ?? ''} figures`}>
                {quality.mos.toLocaleString(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })}
              </span>
            )}
          </span>
        ),
    },
  ];
}
