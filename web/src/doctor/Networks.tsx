import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconHeadset, IconLink, IconSearch, IconWorld } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import admin from '../admin/Admin.module.css';
import { DataTable, RowButton, type Column } from '../admin/DataTable.tsx';
import { ListState } from '../admin/ListState.tsx';
import { Section } from '../admin/outside/Section.tsx';
import type { Locality, Soundness, UserNetwork } from '../api/doctor.ts';
import { localeOf } from '../i18n/i18n.ts';
import { Empty } from '../ui/Empty.tsx';
import { momentWords } from '../ui/moment.ts';
import { useTimeWords } from '../ui/time.ts';
import { useNow } from '../ui/useNow.ts';
import { addressOf, checkAddress, findingAddress } from './addresses.ts';
import { CheckLinks } from './CheckLinks.tsx';
import classes from './Doctor.module.css';
import { LinkDialog, type ForWhom } from './LinkDialog.tsx';
import { matches, ORDERS, sorted, SOUNDS, type Filter, type Order } from './networks.ts';
import { useNetworks } from './queries.ts';
import { SoundTag } from './Tags.tsx';

/** How often days are looked at again, in milliseconds. */
const DAYS_EVERY_MS = 60_000;

/** Everybody's networks and how the sound gets there; and links with which people check theirs. */
export function Networks() {
  const { t } = useTranslation();
  const [open, setOpen] = useState<ForWhom | null>(null);
  const send = (
    <Button
      leftSection={<IconLink size={18} aria-hidden="true" />}
      onClick={() => setOpen({ kind: 'anybody' })}
    >
      {t('doctor.links.send')}
    </Button>
  );
  return (
    <>
      <Section
        id="networks"
        title={t('doctor.networks.title')}
        text={t('doctor.networks.text')}
        action={send}
      >
        <List
          onTest={({ name, extension }) =>
            setOpen(extension === '' ? { kind: 'anybody' } : { kind: 'user', name, extension })
          }
        />
      </Section>
      <CheckLinks />
      {open !== null && <LinkDialog forWhom={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function List({ onTest }: { onTest: (network: UserNetwork) => void }) {
  const { t, i18n } = useTranslation();
  const query = useNetworks();
  const columns = useColumns();
  const [filter, setFilter] = useState<Filter>({ text: '', verdict: '' });
  const [order, setOrder] = useState<Order>('worst');
  const where = (locality: Locality) => t(`doctor.networks.where.${locality}`);
  const all = query.data ?? [];
  const shown = sorted(
    all.filter((each) => matches(each, filter, where(each.locality))),
    order,
    localeOf(i18n.language),
  );
  if (query.data === undefined) return <ListState query={query} />;
  if (all.length === 0) {
    return (
      <Empty icon={<IconWorld />} title={t('doctor.networks.empty')} text={t('doctor.networks.emptyText')} />
    );
  }
  return (
    <>
      <div className={classes.inCard}>
        <Filters filter={filter} onFilter={setFilter} order={order} onOrder={setOrder} />
      </div>
      {shown.length === 0 ? (
        <Empty icon={<IconWorld />} title={t('doctor.networks.none')} text={t('doctor.networks.noneText')} />
      ) : (
        <DataTable
          columns={columns}
          items={shown}
          keyOf={({ extension, name, address }) => `${extension} ${name} ${address ?? ''}`}
          actions={(network) => (
            <RowButton
              icon={IconHeadset}
              label={t('doctor.links.testAs', { name: network.name })}
              onClick={() => onTest(network)}
            />
          )}
        />
      )}
    </>
  );
}

interface FiltersProps {
  filter: Filter;
  onFilter: (filter: Filter) => void;
  order: Order;
  onOrder: (order: Order) => void;
}

function Filters({ filter, onFilter, order, onOrder }: FiltersProps) {
  const { t } = useTranslation();
  const sounds = SOUNDS.map((verdict) => ({ value: verdict, label: t(`doctor.sound.${verdict}`) }));
  return (
    <search className={classes.filters}>
      <TextInput
        label={t('doctor.networks.search')}
        type="search"
        leftSection={<IconSearch size={17} aria-hidden="true" />}
        value={filter.text}
        onChange={(event) => onFilter({ ...filter, text: event.currentTarget.value })}
      />
      <NativeSelect
        label={t('doctor.networks.verdict')}
        value={filter.verdict}
        data={[{ value: '', label: t('doctor.history.any') }, ...sounds]}
        onChange={(event) => onFilter({ ...filter, verdict: event.currentTarget.value as Soundness | '' })}
      />
      <NativeSelect
        label={t('doctor.networks.order')}
        value={order}
        data={ORDERS.map((each) => ({ value: each, label: t(`doctor.networks.orders.${each}`) }))}
        onChange={(event) => onOrder(event.currentTarget.value as Order)}
      />
    </search>
  );
}

function useColumns(): Column<UserNetwork>[] {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const timeWords = useTimeWords();
  const now = new Date(useNow(DAYS_EVERY_MS));
  return [
    {
      title: t('doctor.networks.who'),
      plain: true,
      cell: ({ name, extension, address }) => (
        <div className={classes.what}>
          <strong>{name}</strong>
          <span className={`${admin.soft ?? ''} figures`}>
            {[extension, address].filter((each) => each !== null && each !== '').join(' · ')}
          </span>
        </div>
      ),
    },
    {
      title: t('doctor.networks.whereWord'),
      cell: ({ locality, page_host }) => (
        <>
          {t(`doctor.networks.where.${locality}`)}
          {page_host !== '' && (
            <div className={classes.small}>{t('doctor.networks.host', { host: page_host })}</div>
          )}
        </>
      ),
    },
    {
      title: t('doctor.networks.sound'),
      cell: ({ verdict, sentence, findings, round_trip_ms }) => (
        <div className={classes.what}>
          <span className={classes.tags}>
            <SoundTag verdict={verdict} />
            <span title={round_trip_ms === null ? undefined : timeWords(round_trip_ms)}>{sentence}</span>
          </span>
          {findings[0] !== undefined && (
            <a
              className={classes.link}
              href={findings.length === 1 ? findingAddress(findings[0]) : addressOf('findings')}
            >
              {t('doctor.networks.findings', { count: findings.length })}
            </a>
          )}
        </div>
      ),
    },
    {
      title: t('doctor.networks.check'),
      className: admin.nowrap,
      cell: ({ check }) =>
        check?.id == null ? (
          <span className={admin.soft}>{t('doctor.networks.noCheck')}</span>
        ) : (
          <a className={classes.link} href={checkAddress(check.id)}>
            {t(`doctor.sound.${check.verdict}`)}, {momentWords(check.at, now, locale)}
          </a>
        ),
    },
    {
      title: t('doctor.networks.seen'),
      className: `figures ${admin.nowrap ?? ''}`,
      cell: ({ seen_at }) => (
        <time dateTime={seen_at} title={new Date(seen_at).toLocaleString(locale)}>
          {momentWords(seen_at, now, locale)}
        </time>
      ),
    },
  ];
}
