import { IconDeviceLandlinePhone, IconKey, IconPencil, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Device } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { useUsers } from '../people/directory.ts';
import { useDevices } from '../place/queries.ts';
import { DeviceUse } from './DeviceUse.tsx';
import classes from './Admin.module.css';
import { ConfirmDelete } from './ConfirmDelete.tsx';
import { AddButton, DataList, RowButton, type Column } from './DataTable.tsx';
import { DeviceForm } from './DeviceForm.tsx';
import { RenewSecret } from './RenewSecret.tsx';
import { SecretOnce } from './SecretOnce.tsx';

type Open =
  | { form: 'add' }
  | { form: 'edit'; device: Device }
  | { form: 'renew'; device: Device }
  | { form: 'delete'; device: Device }
  | { form: 'secret'; device: Device; secret: string };

export function DevicesTable() {
  const { t } = useTranslation();
  const devices = useDevices();
  const ownerOf = useOwner();
  const columns = useColumns(ownerOf);
  const [open, setOpen] = useState<Open | null>(null);
  const nameOf = (device: Device) => `${device.label} (${ownerOf(device)})`;
  const sorted = [...(devices.data ?? [])].sort(
    (a, b) => ownerOf(a).localeCompare(ownerOf(b)) || a.sip_user.localeCompare(b.sip_user),
  );
  return (
    <>
      <div className={classes.bar}>
        <AddButton label={t('admin.addDevice')} onClick={() => setOpen({ form: 'add' })} />
      </div>
      <div className={classes.card}>
        <DataList
          query={devices}
          empty={{ icon: <IconDeviceLandlinePhone />, title: t('admin.emptyDevices') }}
          columns={columns}
          items={sorted}
          keyOf={({ id }) => id}
          actions={(device) => (
            <>
              <RowButton
                icon={IconPencil}
                label={t('admin.edit', { name: nameOf(device) })}
                onClick={() => setOpen({ form: 'edit', device })}
              />
              {device.kind === 'desk_phone' && (
                <RowButton
                  icon={IconKey}
                  label={`${t('admin.newSecret')}: ${nameOf(device)}`}
                  onClick={() => setOpen({ form: 'renew', device })}
                />
              )}
              <RowButton
                icon={IconTrash}
                label={t('admin.delete', { name: nameOf(device) })}
                tone="signal"
                onClick={() => setOpen({ form: 'delete', device })}
              />
            </>
          )}
        />
      </div>
      {open !== null && <Opened open={open} nameOf={nameOf} onOpen={setOpen} />}
    </>
  );
}

interface OpenedProps {
  open: Open;
  nameOf: (device: Device) => string;
  onOpen: (open: Open | null) => void;
}

function Opened({ open, nameOf, onOpen }: OpenedProps) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const users = useUsers().data ?? [];
  const close = () => onOpen(null);
  const showSecret = (device: Device, secret: string) => onOpen({ form: 'secret', device, secret });
  switch (open.form) {
    case 'add':
      return <DeviceForm device={null} users={users} onClose={close} onAdded={showSecret} />;
    case 'edit':
      return <DeviceForm device={open.device} users={users} onClose={close} onAdded={showSecret} />;
    case 'renew': {
      const { device } = open;
      return <RenewSecret device={device} name={nameOf(device)} onClose={close} onRenewed={showSecret} />;
    }
    case 'secret':
      return <SecretOnce device={open.device} secret={open.secret} onClose={close} />;
    case 'delete':
      return (
        <ConfirmDelete
          name={nameOf(open.device)}
          text={t('admin.deleteDeviceText')}
          onDelete={() => api.deleteDevice(open.device.id)}
          onClose={close}
        />
      );
  }
}

function useOwner(): (device: Device) => string {
  const { t } = useTranslation();
  const users = useUsers();
  return ({ user_id }) =>
    user_id === null ? t('devices.nobody') : (users.data?.find((user) => user.id === user_id)?.name ?? '–');
}

function useColumns(ownerOf: (device: Device) => string): Column<Device>[] {
  const { t } = useTranslation();
  return [
    {
      title: t('admin.owner'),
      plain: true,
      cell: (device) => <span className={classes.person}>{ownerOf(device)}</span>,
    },
    { title: t('admin.label'), cell: ({ label }) => label },
    { title: t('admin.kind'), cell: ({ kind }) => t(`admin.kinds.${kind}`) },
    { title: t('admin.sipUser'), className: 'figures', cell: ({ sip_user }) => sip_user },
    { title: t('devices.use'), plain: true, cell: (device) => <DeviceUse device={device} /> },
    { title: t('admin.state'), plain: true, cell: (device) => <Registration device={device} /> },
  ];
}

function Registration({ device: { registered, registered_from } }: { device: Device }) {
  const { t } = useTranslation();
  return (
    <div className={classes.state} data-on={registered} title={registered_from ?? undefined}>
      {registered ? t('admin.registered') : t('admin.notRegistered')}
      {registered && registered_from !== null && (
        <div className={`${classes.soft ?? ''} figures`}>{registered_from}</div>
      )}
    </div>
  );
}
