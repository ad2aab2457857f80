import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconDownload, IconMicrophone2, IconSearch, IconShieldLock, IconTrash } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import admin from '../admin/Admin.module.css';
import { DataTable, RowButton, type Column } from '../admin/DataTable.tsx';
import { ListState } from '../admin/ListState.tsx';
import type { Recording } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { localeOf } from '../i18n/i18n.ts';
import { useDirectory, useMe } from '../people/directory.ts';
import { formatDuration } from '../phone/number.ts';
import { Empty } from '../ui/Empty.tsx';
import { momentWords } from '../ui/moment.ts';
import { sizeWords } from '../ui/size.ts';
import { Tag } from '../ui/Tag.tsx';
import { DeleteRecording } from './DeleteRecording.tsx';
import { matches, mayFollow, type Filter } from './filter.ts';
import { ListenButton } from './ListenButton.tsx';
import type { Heard } from './player.ts';
import { useRecordings } from './queries.ts';
import classes from './Recordings.module.css';

/** Below so many that fit, older ones are looked through by themselves. */
const ENOUGH = 30;

/** Recorded calls that one may listen to. */
export function Recordings() {
  const { t } = useTranslation();
  const me = useMe();
  const mayHear = me.hears_recordings !== 'none';
  return (
    <div className={admin.page}>
      <h1>{t('recordings.title')}</h1>
      {mayHear ? (
        <List />
      ) : (
        <Empty icon={<IconShieldLock />} title={t('recordings.title')} text={t('recordings.denied')} />
      )}
    </div>
  );
}

function List() {
  const { t } = useTranslation();
  const query = useRecordings(true);
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const { nameOf } = useDirectory();
  const [filter, setFilter] = useState<Filter>({ text: '', day: '' });
  const [deleting, setDeleting] = useState<Heard | null>(null);
  const all = data?.pages.flat() ?? [];
  const shown = all.filter((each) => matches(each, filter, nameOf));
  const isFiltered = filter.text.trim() !== '' || filter.day !== '';
  const goesOn = hasNextPage && mayFollow(all.at(-1), filter);
  // Without an answer it would ask for ever.
  const looksOn = isFiltered && goesOn && shown.length < ENOUGH && !isFetchNextPageError;
  useEffect(() => {
    if (looksOn && !isFetchingNextPage) void fetchNextPage();
  }, [looksOn, isFetchingNextPage, fetchNextPage, all.length]);
  return (
    <>
      <p className={classes.text}>{t('recordings.text')}</p>
      <FilterFields filter={filter} onChange={setFilter} />
      <div className={admin.card}>
        <ListState query={query} />
        {data !== undefined && shown.length === 0 && !looksOn && !isFetchNextPageError && (
          <Empty
            icon={<IconMicrophone2 />}
            title={isFiltered ? t('recordings.none') : t('recordings.empty')}
            text={isFiltered ? t('recordings.noneText') : t('recordings.emptyText')}
          />
        )}
        {shown.length > 0 && <Table recordings={shown} onDelete={setDeleting} />}
        {looksOn && (
          <p className={admin.more} role="status">
            {t('recordings.looking')}
          </p>
        )}
        {goesOn && !looksOn && (
          <div className={admin.more}>
            {isFetchNextPageError && <p role="alert">{t('recordings.moreFailed')}</p>}
            <Button variant="subtle" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {isFetchNextPageError ? t('app.retry') : t('recordings.more')}
            </Button>
          </div>
        )}
      </div>
      {deleting !== null && <DeleteRecording heard={deleting} onClose={() => setDeleting(null)} />}
    </>
  );
}

function FilterFields({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const { t } = useTranslation();
  return (
    <search className={classes.filter}>
      <TextInput
        label={t('recordings.search')}
        type="search"
        leftSection={<IconSearch size={17} aria-hidden="true" />}
        value={filter.text}
        onChange={(event) => onChange({ ...filter, text: event.currentTarget.value })}
      />
      <TextInput
        label={t('recordings.day')}
        type="date"
        value={filter.day}
        onChange={(event) => onChange({ ...filter, day: event.currentTarget.value })}
      />
      {filter.day !== '' && (
        <Button variant="default" onClick={() => onChange({ ...filter, day: '' })}>
          {t('recordings.anyDay')}
        </Button>
      )}
    </search>
  );
}

interface TableProps {
  recordings: readonly Recording[];
  onDelete: (heard: Heard) => void;
}

function Table({ recordings, onDelete }: TableProps) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const betweenOf = useBetween();
  const columns = useColumns();
  return (
    <DataTable
      columns={columns}
      items={recordings}
      keyOf={({ id }) => id}
      actions={(recording) =>
        recording.state !== 'running' && (
          <>
            <ActionIcon
              component="a"
              variant="subtle"
              size={36}
              href={`${api.recordingAudio(recording.id)}?download=1`}
              download
              aria-label={t('recordings.download', { name: betweenOf(recording) })}
            >
              <IconDownload size={19} />
            </ActionIcon>
            <RowButton
              icon={IconTrash}
              tone="signal"
              label={t('recordings.delete', { name: betweenOf(recording) })}
              onClick={() => onDelete(recording)}
            />
          </>
        )
      }
    />
  );
}

function useBetween(): (recording: Recording) => string {
  const { t } = useTranslation();
  const { nameOf } = useDirectory();
  return ({ own, other }) => t('recordings.between', { own: nameOf(own), other: nameOf(other) });
}

function useColumns(): Column<Recording>[] {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const day = (moment: string) => new Date(moment).toLocaleDateString(locale, { dateStyle: 'medium' });
  return [
    { title: t('recordings.call'), plain: true, cell: (recording) => <Who recording={recording} /> },
    {
      title: t('recordings.time'),
      className: 'figures',
      cell: ({ started_at }) => momentWords(started_at, new Date(), locale),
    },
    {
      title: t('recordings.length'),
      className: 'figures',
      cell: ({ duration_ms }) => formatDuration(duration_ms),
    },
    { title: t('recordings.size'), className: 'figures', cell: ({ bytes }) => sizeWords(bytes, locale) },
    {
      title: t('recordings.until'),
      className: 'figures',
      cell: ({ delete_after }) => day(delete_after),
    },
  ];
}

/** Who talked, with the button that plays it, and what is special about it. */
function Who({ recording }: { recording: Recording }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const { nameOf } = useDirectory();
  const betweenOf = useBetween();
  const { id, own, other, state, stopped, by } = recording;
  const track = { url: api.recordingAudio(id), heard: recording };
  return (
    <div className={classes.who}>
      {state === 'running' ? (
        <span className={classes.space} />
      ) : (
        <ListenButton track={track} name={betweenOf(recording)} />
      )}
      <div className={classes.words}>
        <strong>{nameOf(other)}</strong>
        <span className={admin.soft}>{nameOf(own)}</span>
        <span className={classes.tags}>
          {state === 'running' && <Tag tone="bad">{t('recordings.running')}</Tag>}
          {by === 'rule' && <Tag tone="quiet">{t('recordings.byRule')}</Tag>}
          {(stopped !== null || state === 'cut_short') && (
            <>
              <Tag tone="wait">{t('recordings.cut')}</Tag>
              <span className={admin.soft}>{t(`recordings.cutWhy.${stopped ?? 'server_stopped'}`)}</span>
            </>
          )}
        </span>
      </div>
    </div>
  );
}
