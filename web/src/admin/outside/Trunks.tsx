import {
  IconInfoCircle,
  IconPencil,
  IconPlugConnected,
  IconStethoscope,
  IconTrash,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Trunk } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { ConfirmDelete } from '../ConfirmDelete.tsx';
import { AddButton, DataList, RowButton, type Column } from '../DataTable.tsx';
import layout from '../network/Network.module.css';
import classes from './Outside.module.css';
import { useTrunkProfiles, useTrunks } from './queries.ts';
import { Section } from './Section.tsx';
import { TrunkDetail } from './TrunkDetail.tsx';
import { TrunkForm } from './TrunkForm.tsx';
import { TrunkStateWords } from './TrunkStateWords.tsx';
import { TrunkTest } from './TrunkTest.tsx';

/** What is open: a form, or something about a trunk by its key, so that it shows the trunk as it is now. */
type Open = { what: 'add' } | { what: About; trunk: number };
type About = 'edit' | 'delete' | 'detail' | 'test';

/** The ways to the world, and how they are now. */
export function Trunks() {
  const { t } = useTranslation();
  const trunks = useTrunks();
  const columns = useColumns();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const all = trunks.data ?? [];
  const opened = open === null || open.what === 'add' ? undefined : all.find(({ id }) => id === open.trunk);
  const add = <AddButton label={t('outside.trunks.add')} onClick={() => setOpen({ what: 'add' })} />;
  return (
    <Section
      id="outside-trunks"
      title={t('outside.trunks.title')}
      text={t('outside.trunks.text')}
      action={all.length > 0 ? add : undefined}
    >
      <DataList
        query={trunks}
        empty={{
          icon: <IconPlugConnected />,
          title: t('outside.trunks.empty'),
          text: t('outside.trunks.emptyText'),
          action: add,
        }}
        columns={columns}
        items={all}
        keyOf={({ id }) => id}
        actions={(trunk) => (
          <Actions name={trunk.name} onOpen={(what) => setOpen({ what, trunk: trunk.id })} />
        )}
      />
      {open?.what === 'add' && <TrunkForm trunk={null} onClose={close} />}
      {open !== null && open.what !== 'add' && opened !== undefined && (
        <Opened
          what={open.what}
          trunk={opened}
          onTest={() => setOpen({ what: 'test', trunk: opened.id })}
          onClose={close}
        />
      )}
    </Section>
  );
}

function Actions({ name, onOpen }: { name: string; onOpen: (what: About) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <RowButton
        icon={IconInfoCircle}
        label={t('outside.trunks.detail', { name })}
        onClick={() => onOpen('detail')}
      />
      <RowButton
        icon={IconStethoscope}
        label={t('trunkTest.open', { name })}
        onClick={() => onOpen('test')}
      />
      <RowButton icon={IconPencil} label={t('admin.edit', { name })} onClick={() => onOpen('edit')} />
      <RowButton
        icon={IconTrash}
        label={t('admin.delete', { name })}
        tone="signal"
        onClick={() => onOpen('delete')}
      />
    </>
  );
}

interface OpenedProps {
  what: About;
  trunk: Trunk;
  onTest: () => void;
  onClose: () => void;
}

function Opened({ what, trunk, onTest, onClose }: OpenedProps) {
  const { t } = useTranslation();
  const { api } = useBackend();
  switch (what) {
    case 'edit':
      return <TrunkForm trunk={trunk} onClose={onClose} />;
    case 'detail':
      return <TrunkDetail trunk={trunk} onTest={onTest} onClose={onClose} />;
    case 'test':
      return <TrunkTest trunk={trunk} onClose={onClose} />;
    case 'delete':
      return (
        <ConfirmDelete
          name={trunk.name}
          text={t('outside.trunks.deleteText')}
          onDelete={() => api.deleteTrunk(trunk.id)}
          onClose={onClose}
        />
      );
  }
}

function useColumns(): Column<Trunk>[] {
  const { t } = useTranslation();
  const { profiles } = useTrunkProfiles().data ?? { profiles: [] };
  return [
    { title: t('admin.name'), plain: true, className: classes.name, cell: ({ name }) => name },
    {
      title: t('outside.trunks.provider'),
      cell: ({ profile, host }) => profiles.find(({ id }) => id === profile)?.name ?? host,
    },
    {
      title: t('outside.trunks.number'),
      className: ({ number }) => (number === null ? layout.nothing : `figures ${classes.number ?? ''}`),
      cell: ({ number }) => number ?? '–',
    },
    {
      title: t('admin.state'),
      plain: true,
      className: classes.state,
      cell: (trunk) => <TrunkStateWords trunk={trunk} />,
    },
  ];
}
