import { ActionIcon, Button } from '@mantine/core';
import { IconInfoCircle, IconPencil, IconPlugConnected, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Trunk } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { Empty } from '../../ui/Empty.tsx';
import table from '../Admin.module.css';
import { ConfirmDelete } from '../ConfirmDelete.tsx';
import { ListState } from '../ListState.tsx';
import layout from '../network/Network.module.css';
import classes from './Outside.module.css';
import { useTrunkProfiles, useTrunks } from './queries.ts';
import { Section } from './Section.tsx';
import { TrunkDetail } from './TrunkDetail.tsx';
import { TrunkForm } from './TrunkForm.tsx';
import { TrunkStateWords } from './TrunkStateWords.tsx';

type Open = { form: 'add' } | { form: 'edit' | 'delete' | 'detail'; trunk: number };

/** The ways to the world, and how they are now. */
export function Trunks() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const trunks = useTrunks();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden="true" />} onClick={() => setOpen({ form: 'add' })}>
      {t('outside.trunks.add')}
    </Button>
  );
  const all = trunks.data ?? [];
  // By its key: what is open shows the trunk as it is now.
  const opened = open === null || open.form === 'add' ? undefined : all.find(({ id }) => id === open.trunk);
  return (
    <Section
      id="outside-trunks"
      title={t('outside.trunks.title')}
      text={t('outside.trunks.text')}
      action={all.length > 0 ? add : undefined}
    >
      <ListState query={trunks} />
      {trunks.data?.length === 0 && (
        <Empty
          icon={<IconPlugConnected />}
          title={t('outside.trunks.empty')}
          text={t('outside.trunks.emptyText')}
          action={add}
        />
      )}
      {all.length > 0 && <Table trunks={all} onOpen={setOpen} />}
      {open?.form === 'add' && <TrunkForm trunk={null} onClose={close} />}
      {open?.form === 'edit' && opened !== undefined && <TrunkForm trunk={opened} onClose={close} />}
      {open?.form === 'detail' && opened !== undefined && <TrunkDetail trunk={opened} onClose={close} />}
      {open?.form === 'delete' && opened !== undefined && (
        <ConfirmDelete
          name={opened.name}
          text={t('outside.trunks.deleteText')}
          onDelete={() => api.deleteTrunk(opened.id)}
          onClose={close}
        />
      )}
    </Section>
  );
}

function Table({ trunks, onOpen }: { trunks: readonly Trunk[]; onOpen: (open: Open) => void }) {
  const { t } = useTranslation();
  const profiles = useTrunkProfiles();
  const provider = (trunk: Trunk) =>
    profiles.data?.profiles.find(({ id }) => id === trunk.profile)?.name ?? trunk.host;
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">{t('admin.name')}</th>
          <th scope="col">{t('outside.trunks.provider')}</th>
          <th scope="col">{t('outside.trunks.number')}</th>
          <th scope="col">{t('admin.state')}</th>
          <th scope="col">
            <span className="hidden-text">{t('admin.actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {trunks.map((trunk) => (
          <tr key={trunk.id}>
            <td className={classes.name}>{trunk.name}</td>
            <td data-label={t('outside.trunks.provider')}>{provider(trunk)}</td>
            <td
              className={trunk.number === null ? layout.nothing : `figures ${classes.number ?? ''}`}
              data-label={t('outside.trunks.number')}
            >
              {trunk.number ?? '–'}
            </td>
            <td className={classes.state}>
              <TrunkStateWords trunk={trunk} />
            </td>
            <td>
              <div className={table.actions}>
                <ActionIcon
                  variant="subtle"
                  size={36}
                  aria-label={t('outside.trunks.detail', { name: trunk.name })}
                  onClick={() => onOpen({ form: 'detail', trunk: trunk.id })}
                >
                  <IconInfoCircle size={19} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  size={36}
                  aria-label={t('admin.edit', { name: trunk.name })}
                  onClick={() => onOpen({ form: 'edit', trunk: trunk.id })}
                >
                  <IconPencil size={19} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="signal"
                  size={36}
                  aria-label={t('admin.delete', { name: trunk.name })}
                  onClick={() => onOpen({ form: 'delete', trunk: trunk.id })}
                >
                  <IconTrash size={19} />
                </ActionIcon>
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
