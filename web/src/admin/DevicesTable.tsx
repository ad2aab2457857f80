import { ActionIcon, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconDeviceLandlinePhone, IconKey, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Device } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { useUsers } from '../people/directory.ts';
import { Empty } from '../ui/Empty.tsx';
import classes from './Admin.module.css';
import { ConfirmDelete } from './ConfirmDelete.tsx';
import { DeviceForm } from './DeviceForm.tsx';
import { ListState } from './ListState.tsx';
import { RenewSecret } from './RenewSecret.tsx';
import { SecretOnce } from './SecretOnce.tsx';

type Open =
  | { form: 'add' }
  | { form: 'renew'; device: Device }
  | { form: 'delete'; device: Device }
  | { form: 'secret'; device: Device; secret: string };

export function DevicesTable() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const users = useUsers();
  const devices = useQuery({ queryKey: ['devices'], queryFn: () => api.devices() });
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const ownerOf = (device: Device) => users.data?.find((user) => user.id === device.user_id)?.name ?? '–';
  const nameOf = (device: Device) => `${device.label} (${ownerOf(device)})`;
  const showSecret = (device: Device, secret: string) => setOpen({ form: 'secret', device, secret });
  const sorted = [...(devices.data ?? [])].sort(
    (a, b) => ownerOf(a).localeCompare(ownerOf(b)) || a.sip_user.localeCompare(b.sip_user),
  );
  return (
    <>
      <div className={classes.bar}>
        <Button
          leftSection={<IconPlus size={18} aria-hidden="true" />}
          onClick={() => setOpen({ form: 'add' })}
        >
          {t('admin.addDevice')}
        </Button>
      </div>
      <div className={classes.card}>
        <ListState query={devices} />
        {devices.data?.length === 0 && (
          <Empty icon={<IconDeviceLandlinePhone />} title={t('admin.emptyDevices')} />
        )}
        {sorted.length > 0 && (
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{t('admin.owner')}</th>
                <th scope="col">{t('admin.label')}</th>
                <th scope="col">{t('admin.kind')}</th>
                <th scope="col">{t('admin.sipUser')}</th>
                <th scope="col">{t('admin.state')}</th>
                <th scope="col">
                  <span className="hidden-text">{t('admin.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {sorted.map((device) => (
                <tr key={device.id}>
                  <td>
                    <span className={classes.person}>{ownerOf(device)}</span>
                  </td>
                  <td data-label={t('admin.label')}>{device.label}</td>
                  <td data-label={t('admin.kind')}>{t(`admin.kinds.${device.kind}`)}</td>
                  <td data-label={t('admin.sipUser')} className="figures">
                    {device.sip_user}
                  </td>
                  <td
                    className={classes.state}
                    data-on={device.registered}
                    title={device.registered_from ?? undefined}
                  >
                    {device.registered ? t('admin.registered') : t('admin.notRegistered')}
                    {device.registered && device.registered_from && (
                      <div className={`${classes.soft ?? ''} figures`}>{device.registered_from}</div>
                    )}
                  </td>
                  <td>
                    <div className={classes.actions}>
                      {device.kind === 'desk_phone' && (
                        <ActionIcon
                          variant="subtle"
                          size={36}
                          aria-label={`${t('admin.newSecret')}: ${nameOf(device)}`}
                          onClick={() => setOpen({ form: 'renew', device })}
                        >
                          <IconKey size={19} />
                        </ActionIcon>
                      )}
                      <ActionIcon
                        variant="subtle"
                        color="signal"
                        size={36}
                        aria-label={t('admin.delete', { name: nameOf(device) })}
                        onClick={() => setOpen({ form: 'delete', device })}
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
      {open?.form === 'add' && <DeviceForm users={users.data ?? []} onClose={close} onAdded={showSecret} />}
      {open?.form === 'renew' && (
        <RenewSecret device={open.device} name={nameOf(open.device)} onClose={close} onRenewed={showSecret} />
      )}
      {open?.form === 'secret' && <SecretOnce device={open.device} secret={open.secret} onClose={close} />}
      {open?.form === 'delete' && (
        <ConfirmDelete
          name={nameOf(open.device)}
          text={t('admin.deleteDeviceText')}
          onDelete={() => api.deleteDevice(open.device.id)}
          onClose={close}
        />
      )}
    </>
  );
}
