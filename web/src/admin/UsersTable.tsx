import {
  IconArrowForwardUp,
  IconBellRinging,
  IconKey,
  IconPencil,
  IconTrash,
  IconUsers,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { User } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { useMe, useUsers } from '../people/directory.ts';
import { Face } from '../ui/Face.tsx';
import { StateWords } from '../ui/StateWords.tsx';
import classes from './Admin.module.css';
import { ConfirmDelete } from './ConfirmDelete.tsx';
import { AddButton, DataList, RowButton, type Column } from './DataTable.tsx';
import { PinForm } from './PinForm.tsx';
import { ReachingForm } from './ReachingForm.tsx';
import { RingingForm } from './RingingForm.tsx';
import { UserForm } from './UserForm.tsx';

type Open = { form: 'add' } | { form: 'edit' | 'delete' | 'pin' | 'reach' | 'forward'; user: User };

export function UsersTable() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const me = useMe();
  const users = useUsers();
  const columns = useColumns();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <div className={classes.bar}>
        <AddButton label={t('admin.add')} onClick={() => setOpen({ form: 'add' })} />
      </div>
      <div className={classes.card}>
        <DataList
          query={users}
          empty={{ icon: <IconUsers />, title: t('admin.empty') }}
          columns={columns}
          items={[...(users.data ?? [])].sort((a, b) => a.name.localeCompare(b.name))}
          keyOf={({ id }) => id}
          actions={(user) => (
            <>
              <RowButton
                icon={IconPencil}
                label={t('admin.edit', { name: user.name })}
                onClick={() => setOpen({ form: 'edit', user })}
              />
              <RowButton
                icon={IconBellRinging}
                label={t('persons.reach', { name: user.name })}
                hidden={user.extension === null}
                onClick={() => setOpen({ form: 'reach', user })}
              />
              <RowButton
                icon={IconArrowForwardUp}
                label={t('reach.of', { name: user.name })}
                hidden={user.extension === null}
                onClick={() => setOpen({ form: 'forward', user })}
              />
              <RowButton
                icon={IconKey}
                label={t('persons.pin', { name: user.name })}
                hidden={user.extension === null}
                onClick={() => setOpen({ form: 'pin', user })}
              />
              <RowButton
                icon={IconTrash}
                label={t('admin.delete', { name: user.name })}
                tone="signal"
                hidden={user.id === me.id}
                onClick={() => setOpen({ form: 'delete', user })}
              />
            </>
          )}
        />
      </div>
      {(open?.form === 'add' || open?.form === 'edit') && (
        <UserForm user={open.form === 'edit' ? open.user : null} onClose={close} />
      )}
      {open?.form === 'pin' && <PinForm user={open.user} onClose={close} />}
      {open?.form === 'reach' && <RingingForm user={open.user} onClose={close} />}
      {open?.form === 'forward' && <ReachingForm user={open.user} onClose={close} />}
      {open?.form === 'delete' && (
        <ConfirmDelete
          name={open.user.name}
          text={t('admin.deleteText')}
          onDelete={() => api.deleteUser(open.user.id)}
          onClose={close}
        />
      )}
    </>
  );
}

function useColumns(): Column<User>[] {
  const { t } = useTranslation();
  return [
    {
      title: t('admin.name'),
      plain: true,
      cell: ({ name }) => (
        <span className={classes.person}>
          <Face name={name} size="small" />
          {name}
        </span>
      ),
    },
    { title: t('admin.extension'), className: 'figures', cell: ({ extension }) => extension ?? '–' },
    { title: t('admin.login'), cell: ({ login }) => login },
    { title: t('admin.role'), cell: ({ role }) => t(`admin.roles.${role}`) },
    { title: t('admin.state'), plain: true, cell: ({ state }) => <StateWords state={state} /> },
  ];
}
