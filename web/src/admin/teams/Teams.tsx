import { IconPencil, IconTrash, IconUsersGroup } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Team } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { useUsers } from '../../people/directory.ts';
import { useDevices, useTeams } from '../../place/queries.ts';
import { colleaguesOf } from '../../team/teams.ts';
import classes from '../Admin.module.css';
import { ConfirmDelete } from '../ConfirmDelete.tsx';
import { AddButton, DataList, RowButton, type Column } from '../DataTable.tsx';
import outside from '../outside/Outside.module.css';
import { Section } from '../outside/Section.tsx';
import { TeamForm } from './TeamForm.tsx';

type Open = { form: 'add' } | { form: 'edit' | 'delete'; team: Team };

/** Numbers that ring several people. */
export function Teams() {
  const { t } = useTranslation();
  const teams = useTeams();
  const columns = useColumns();
  const [open, setOpen] = useState<Open | null>(null);
  const all = [...(teams.data ?? [])].sort((a, b) => a.name.localeCompare(b.name));
  const add = (
    <AddButton label={t('teams.add')} quiet={all.length > 0} onClick={() => setOpen({ form: 'add' })} />
  );
  return (
    <div className={outside.sections}>
      <Section id="teams" title={t('teams.tab')} text={t('teams.text')} action={all.length > 0 && add}>
        <DataList
          query={teams}
          empty={{
            icon: <IconUsersGroup />,
            title: t('teams.empty'),
            text: t('teams.emptyText'),
            action: add,
          }}
          columns={columns}
          items={all}
          keyOf={({ id }) => id}
          actions={(team) => (
            <>
              <RowButton
                icon={IconPencil}
                label={t('admin.edit', { name: team.name })}
                onClick={() => setOpen({ form: 'edit', team })}
              />
              <RowButton
                icon={IconTrash}
                label={t('admin.delete', { name: team.name })}
                tone="signal"
                onClick={() => setOpen({ form: 'delete', team })}
              />
            </>
          )}
        />
      </Section>
      {open !== null && <Opened open={open} onClose={() => setOpen(null)} />}
    </div>
  );
}

function Opened({ open, onClose }: { open: Open; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  switch (open.form) {
    case 'add':
      return <TeamForm team={null} onClose={onClose} />;
    case 'edit':
      return <TeamForm team={open.team} onClose={onClose} />;
    case 'delete':
      return (
        <ConfirmDelete
          name={open.team.name}
          text={t('teams.deleteText')}
          onDelete={() => api.deleteTeam(open.team.id)}
          onClose={onClose}
        />
      );
  }
}

function useColumns(): Column<Team>[] {
  const { t } = useTranslation();
  const users = useUsers().data ?? [];
  const devices = useDevices().data ?? [];
  return [
    {
      title: t('admin.name'),
      plain: true,
      cell: ({ name, has_line }) => (
        <>
          <strong className={classes.by}>{name}</strong>
          <div className={classes.soft}>{has_line ? t('teams.withLine') : t('teams.group')}</div>
        </>
      ),
    },
    { title: t('teams.number'), className: 'figures', cell: ({ extension }) => extension },
    {
      title: t('teams.members'),
      cell: (team) =>
        colleaguesOf(team, users, devices)
          .map(({ name }) => name)
          .join(', '),
    },
    { title: t('teams.order'), cell: ({ order }) => t(`teams.orders.${order}`) },
  ];
}
