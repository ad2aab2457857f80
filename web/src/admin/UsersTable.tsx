import { ActionIcon, Button } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { User } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { useMe, useUsers } from '../people/directory.ts';
import { Empty } from '../ui/Empty.tsx';
import { Face } from '../ui/Face.tsx';
import { StateWords } from '../ui/StateWords.tsx';
import classes from './Admin.module.css';
import { ConfirmDelete } from './ConfirmDelete.tsx';
import { ListState } from './ListState.tsx';
import { UserForm } from './UserForm.tsx';

type Open = { form: 'add' } | { form: 'edit'; user: User } | { form: 'delete'; user: User };

export function UsersTable() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const me = useMe();
  const users = useUsers();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const sorted = [...(users.data ?? [])].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <>
      <div className={classes.bar}>
        <Button
          leftSection={<IconPlus size={18} aria-hidden="true" />}
          onClick={() => setOpen({ form: 'add' })}
        >
          {t('admin.add')}
        </Button>
      </div>
      <div className={classes.card}>
        <ListState query={users} />
        {users.data?.length === 0 && <Empty icon={<IconUsers />} title={t('admin.empty')} />}
        {sorted.length > 0 && (
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{t('admin.name')}</th>
                <th scope="col">{t('admin.extension')}</th>
                <th scope="col">{t('admin.login')}</th>
                <th scope="col">{t('admin.role')}</th>
                <th scope="col">{t('admin.state')}</th>
                <th scope="col">
                  <span className="hidden-text">{t('admin.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {sorted.map((user) => (
                <tr key={user.id}>
                  <td>
                    <span className={classes.person}>
                      <Face name={user.name} size="small" />
                      {user.name}
                    </span>
                  </td>
                  <td className="figures" data-label={t('admin.extension')}>
                    {user.extension ?? '–'}
                  </td>
                  <td data-label={t('admin.login')}>{user.login}</td>
                  <td data-label={t('admin.role')}>{t(`admin.roles.${user.role}`)}</td>
                  <td>
                    <StateWords state={user.state} />
                  </td>
                  <td>
                    <div className={classes.actions}>
                      <ActionIcon
                        variant="subtle"
                        size={36}
                        aria-label={t('admin.edit', { name: user.name })}
                        onClick={() => setOpen({ form: 'edit', user })}
                      >
                        <IconPencil size={19} />
                      </ActionIcon>
                      <ActionIcon
                        variant="subtle"
                        color="signal"
                        size={36}
                        disabled={user.id === me.id}
                        style={{ visibility: user.id === me.id ? 'hidden' : 'visible' }}
                        aria-label={t('admin.delete', { name: user.name })}
                        onClick={() => setOpen({ form: 'delete', user })}
                      >
                        <IconTrash size={19} />
                      </ActionIcon>
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      {(open?.form === 'add' || open?.form === 'edit') && (
        <UserForm user={open.form === 'edit' ? open.user : null} onClose={close} />
      )}
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
