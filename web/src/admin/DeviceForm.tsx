import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Device, NewDevice, User } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { isToldByFields, useFieldWords } from '../ui/errors.ts';
import { FormDialog } from './Dialog.tsx';
import { SelectField, TextField } from './fields.tsx';

interface DeviceFormProps {
  users: readonly User[];
  onClose: () => void;
  onAdded: (device: Device, secret: string) => void;
}

/** Adds a phone; its secret comes back once. */
export function DeviceForm({ users, onClose, onAdded }: DeviceFormProps) {
  const { t } = useTranslation();
  const owners = users.filter((user) => user.extension !== null).sort((a, b) => a.name.localeCompare(b.name));
  const [owner, setOwner] = useState(String(owners[0]?.id ?? ''));
  const [kind, setKind] = useState<Device['kind']>('desk_phone');
  const [label, setLabel] = useState('');
  const [sipUser, setSipUser] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const extension = owners.find((user) => String(user.id) === owner)?.extension ?? '';
  const suggested = `${extension}-${kind === 'browser' ? 'web' : 'desk'}`;
  const sip_user = (sipUser ?? suggested).trim();

  const add = useAdd(onAdded, onClose);
  const refused = useFieldWords(add.error);
  const needed = (value: string) => (tried && value.trim() === '' ? t('admin.needed') : undefined);
  const general = isToldByFields(add.error, ['label', 'sip_user']) ? null : add.error;
  const submit = () => {
    setTried(true);
    if (owner !== '' && label.trim() !== '' && sip_user !== '') {
      add.mutate({ user_id: Number(owner), kind, label: label.trim(), sip_user });
    }
  };
  return (
    <FormDialog
      title={t('admin.addDevice')}
      submit={t('admin.create')}
      pending={add.isPending}
      error={general}
      onSubmit={submit}
      onClose={onClose}
    >
      <SelectField
        label={t('admin.owner')}
        data={owners.map(({ id, name, extension: number }) => ({
          value: String(id),
          label: `${name} (${number ?? ''})`,
        }))}
        value={owner}
        onChange={setOwner}
        first
      />
      <KindField kind={kind} onChange={setKind} />
      <TextField
        label={t('admin.label')}
        hint={t('admin.labelHint')}
        value={label}
        onChange={setLabel}
        error={needed(label) ?? refused('label')}
        autoCapitalize="sentences"
      />
      <TextField
        label={t('admin.sipUser')}
        value={sipUser ?? suggested}
        onChange={setSipUser}
        error={needed(sip_user) ?? refused('sip_user')}
      />
    </FormDialog>
  );
}

function useAdd(onAdded: DeviceFormProps['onAdded'], onClose: () => void) {
  const { api } = useBackend();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (device: NewDevice) => api.addDevice(device),
    onSuccess: async ({ device, secret }) => {
      await queries.invalidateQueries({ queryKey: ['devices'] });
      // A browser phone signs in with its person; only desk phones need to be told a secret.
      if (device.kind === 'desk_phone') onAdded(device, secret);
      else onClose();
    },
  });
}

interface KindFieldProps {
  kind: Device['kind'];
  onChange: (kind: Device['kind']) => void;
}

function KindField({ kind, onChange }: KindFieldProps) {
  const { t } = useTranslation();
  return (
    <SelectField
      label={t('admin.kind')}
      data={[
        { value: 'desk_phone', label: t('admin.kinds.desk_phone') },
        { value: 'browser', label: t('admin.kinds.browser') },
      ]}
      value={kind}
      onChange={(value) => onChange(value === 'browser' ? 'browser' : 'desk_phone')}
    />
  );
}
