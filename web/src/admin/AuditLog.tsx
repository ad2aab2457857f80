import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { localeOf } from '../i18n/i18n.ts';
import { momentWords } from '../ui/moment.ts';
import { sentenceOf } from '../ui/sentence.ts';
import { useNow } from '../ui/useNow.ts';
import classes from './Admin.module.css';
import { DataList, type Column } from './DataTable.tsx';
import outside from './outside/Outside.module.css';
import { Section } from './outside/Section.tsx';

/** How often days are looked at again, in milliseconds: what was today is yesterday at midnight. */
const DAYS_EVERY_MS = 60_000;

/** Who has changed what, youngest first, page by page. */
export function AuditLog() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const columns = useColumns();
  const pages = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) => api.audit(pageParam ?? undefined),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
    // Whoever opens the log wants to see what was changed just now.
    staleTime: 0,
  });
  return (
    <div className={outside.sections}>
      <Section id="audit" title={t('audit.tab')} text={t('audit.text')}>
        <DataList
          query={pages}
          empty={{ icon: <IconHistory />, title: t('audit.empty') }}
          columns={columns}
          items={pages.data?.pages.flatMap(({ entries }) => entries) ?? []}
          keyOf={({ id }) => id}
        />
        {pages.hasNextPage && (
          <div className={classes.more}>
            <Button
              variant="default"
              loading={pages.isFetchingNextPage}
              onClick={() => void pages.fetchNextPage()}
            >
              {t('audit.more')}
            </Button>
          </div>
        )}
      </Section>
    </div>
  );
}

function useColumns(): Column<AuditEntry>[] {
  const { t, i18n } = useTranslation();
  const now = new Date(useNow(DAYS_EVERY_MS));
  const locale = localeOf(i18n.language);
  return [
    {
      title: t('audit.at'),
      plain: true,
      className: `figures ${classes.nowrap ?? ''}`,
      cell: ({ at }) => (
        <time dateTime={at} title={new Date(at).toLocaleString(locale)}>
          {momentWords(at, now, locale)}
        </time>
      ),
    },
    {
      title: t('audit.by'),
      plain: true,
      cell: ({ by_name, via }) => (
        <>
          <strong className={classes.by}>{by_name}</strong>
          <div className={classes.soft}>{t(`audit.via.${via}`)}</div>
        </>
      ),
    },
    {
      title: t('audit.what'),
      plain: true,
      cell: ({ action, subject }) => (
        <>
          {subject}
          <div className={classes.soft}>{sentenceOf(action.replaceAll(/[._]/g, ' '))}</div>
        </>
      ),
    },
    {
      title: t('audit.details'),
      plain: true,
      className: classes.rest,
      cell: ({ details }) => <Details details={details} />,
    },
  ];
}

/** What else is known, as the server names it. */
function Details({ details }: { details: AuditEntry['details'] }) {
  return (
    <ul className={classes.details}>
      {Object.entries(details).map(([name, value]) => (
        <li key={name}>
          <span className={classes.soft}>{name.replaceAll('_', ' ')}:</span>{' '}
          {typeof value === 'string' ? value : JSON.stringify(value)}
        </li>
      ))}
    </ul>
  );
}
