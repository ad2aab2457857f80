import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconHistory, IconListDetails, IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import admin from '../admin/Admin.module.css';
import { DataTable, RowButton, type Column } from '../admin/DataTable.tsx';
import { Dialog } from '../admin/Dialog.tsx';
import { ListState } from '../admin/ListState.tsx';
import type { Finding, HistoryQuery, Severity } from '../api/doctor.ts';
import { localeOf } from '../i18n/i18n.ts';
import { useUsers } from '../people/directory.ts';
import { Empty } from '../ui/Empty.tsx';
import { momentWords } from '../ui/moment.ts';
import { Tag } from '../ui/Tag.tsx';
import classes from './Doctor.module.css';
import { FindingBody, FindingFacts } from './FindingCard.tsx';
import { matches, type Filter } from './historyFilter.ts';
import { useHistory, useRules } from './queries.ts';
import { SEVERITIES } from './severity.ts';
import { spanWords } from './spans.ts';
import { SeverityTag } from './Tags.tsx';

/** Below so many that fit, older ones are looked through by themselves. */
const ENOUGH = 25;

/** Whatever was wrong, newest first: when it was raised and cleared. */
export function History() {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<HistoryQuery>({ rule: null, extension: null });
  const [filter, setFilter] = useState<Filter>({ text: '', severity: '' });
  const [open, setOpen] = useState<Finding | null>(null);
  const query = useHistory(asked);
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const all = data?.pages.flatMap(({ findings }) => findings) ?? [];
  const shown = all.filter((each) => matches(each, filter));
  const isSearched = filter.text.trim() !== '' || filter.severity !== '';
  const isFiltered = isSearched || asked.rule !== null || asked.extension !== null;
  // Without an answer it would ask for ever.
  const looksOn = isSearched && hasNextPage && shown.length < ENOUGH && !isFetchNextPageError;
  useEffect(() => {
    if (looksOn && !isFetchingNextPage) void fetchNextPage();
  }, [looksOn, isFetchingNextPage, fetchNextPage, all.length]);
  return (
    <>
      <Filters asked={asked} onAsk={setAsked} filter={filter} onFilter={setFilter} />
      <div className={admin.card}>
        <ListState query={query} />
        {data !== undefined && shown.length === 0 && !looksOn && (
          <Empty
            icon={<IconHistory />}
            title={isFiltered ? t('doctor.history.none') : t('doctor.history.empty')}
            text={isFiltered ? t('doctor.history.noneText') : t('doctor.history.emptyText')}
          />
        )}
        {shown.length > 0 && <Table findings={shown} onOpen={setOpen} />}
        {looksOn && (
          <p className={admin.more} role="status">
            {t('doctor.history.looking')}
          </p>
        )}
        {hasNextPage && !looksOn && (
          <div className={admin.more}>
            {isFetchNextPageError && <p role="alert">{t('doctor.history.moreFailed')}</p>}
            <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {isFetchNextPageError ? t('app.retry') : t('doctor.history.more')}
            </Button>
          </div>
        )}
      </div>
      {open !== null && (
        <Dialog title={open.sentence} size="xl" onClose={() => setOpen(null)}>
          <FindingFacts finding={open} />
          <FindingBody finding={open} heading="h3" />
        </Dialog>
      )}
    </>
  );
}

interface FiltersProps {
  asked: HistoryQuery;
  onAsk: (query: HistoryQuery) => void;
  filter: Filter;
  onFilter: (filter: Filter) => void;
}

function Filters({ asked, onAsk, filter, onFilter }: FiltersProps) {
  const { t } = useTranslation();
  const rules = useRules().data ?? [];
  const users = useUsers().data ?? [];
  const people = users.flatMap(({ name, extension }) =>
    extension === null ? [] : [{ value: extension, label: `${name} (${extension})` }],
  );
  const severities = SEVERITIES.map((severity) => ({
    value: severity,
    label: t(`doctor.severity.${severity}`),
  }));
  return (
    <search className={classes.filters}>
      <TextInput
        label={t('doctor.history.search')}
        type="search"
        leftSection={<IconSearch size={17} aria-hidden="true" />}
        value={filter.text}
        onChange={(event) => onFilter({ ...filter, text: event.currentTarget.value })}
      />
      <NativeSelect
        label={t('doctor.history.severity')}
        value={filter.severity}
        data={[{ value: '', label: t('doctor.history.any') }, ...severities]}
        onChange={(event) => onFilter({ ...filter, severity: event.currentTarget.value as Severity | '' })}
      />
      <NativeSelect
        label={t('doctor.history.rule')}
        value={asked.rule ?? ''}
        data={[
          { value: '', label: t('doctor.history.any') },
          ...rules.map(({ id, title }) => ({ value: id, label: `${id}: ${title}` })),
        ]}
        onChange={(event) => onAsk({ ...asked, rule: event.currentTarget.value || null })}
      />
      <NativeSelect
        label={t('doctor.history.person')}
        value={asked.extension ?? ''}
        data={[{ value: '', label: t('doctor.history.anybody') }, ...people]}
        onChange={(event) => onAsk({ ...asked, extension: event.currentTarget.value || null })}
      />
    </search>
  );
}

function Table({ findings, onOpen }: { findings: readonly Finding[]; onOpen: (finding: Finding) => void }) {
  const { t } = useTranslation();
  return (
    <DataTable
      columns={useColumns()}
      items={findings}
      // The same finding may have come and gone several times.
      keyOf={({ id, since }) => `${id} ${since}`}
      actions={(finding) => (
        <RowButton
          icon={IconListDetails}
          label={t('doctor.history.details', { sentence: finding.sentence })}
          onClick={() => onOpen(finding)}
        />
      )}
    />
  );
}

function useColumns(): Column<Finding>[] {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const now = new Date();
  const moment = (at: string) => (
    <time dateTime={at} title={new Date(at).toLocaleString(locale)}>
      {momentWords(at, now, locale)}
    </time>
  );
  return [
    {
      title: t('doctor.history.what'),
      plain: true,
      className: classes.wide,
      cell: ({ sentence, severity, rule, culprit_text }) => (
        <div className={classes.what}>
          <strong>{sentence}</strong>
          <span className={classes.tags}>
            <SeverityTag severity={severity} />
            <Tag tone="quiet">{culprit_text}</Tag>
            <span className={admin.soft}>{rule}</span>
          </span>
        </div>
      ),
    },
    { title: t('doctor.subject'), cell: ({ subject_text }) => subject_text },
    {
      title: t('doctor.history.raised'),
      className: `figures ${admin.nowrap ?? ''}`,
      cell: ({ since }) => moment(since),
    },
    {
      title: t('doctor.history.cleared'),
      className: `figures ${admin.nowrap ?? ''}`,
      cell: ({ cleared_at }) =>
        cleared_at === null ? <Tag tone="wait">{t('doctor.history.still')}</Tag> : moment(cleared_at),
    },
    {
      title: t('doctor.history.span'),
      className: `figures ${admin.nowrap ?? ''}`,
      cell: ({ since, cleared_at }) =>
        spanWords((cleared_at === null ? now.getTime() : Date.parse(cleared_at)) - Date.parse(since), locale),
    },
  ];
}
