import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconAlertCircle } from '@tabler/icons-react';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Device, User } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { isToldByFields, useErrorWords, useFieldWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import classes from './Admin.module.css';

interface DeviceFormProps {
  users: readonly User[];
  onClose: () => void;
  onAdded: (device: Device, secret: string) => void;
}

/** Adds a phone; its secret comes back once. */
export function DeviceForm({ users, onClose, onAdded }: DeviceFormProps) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const queries = useQueryClient();
  const errorWords = useErrorWords();
  const owners = users.filter((user) => user.extension !== null).sort((a, b) => a.name.localeCompare(b.name));
  const [owner, setOwner] = useState(String(owners[0]?.id ?? ''));
  const [kind, setKind] = useState<Device['kind']>('desk_phone');
  const [label, setLabel] = useState('');
  const [sipUser, setSipUser] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const extension = owners.find((user) => String(user.id) === owner)?.extension ?? '';
  const suggested = `${extension}-${kind === 'browser' ? 'web' : 'desk'}`;
  const sip_user = (sipUser ?? suggested).trim();

  const add = useMutation({
    mutationFn: () => api.addDevice({ user_id: Number(owner), kind, label: label.trim(), sip_user }),
    onSuccess: async ({ device, secret }) => {
      await queries.invalidateQueries({ queryKey: ['devices'] });
      // A browser phone signs in with its person; only desk phones need to be told a secret.
      if (device.kind === 'desk_phone') onAdded(device, secret);
      else onClose();
    },
  });
  const refused = useFieldWords(add.error);
  const needed = (value: string) => (tried && value.trim() === '' ? t('admin.needed') : undefined);
  const general = isToldByFields(add.error, ['label', 'sip_user']) ? null : add.error;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (owner !== '' && label.trim() !== '' && sip_user !== '') add.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('admin.addDevice')}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <form className={classes.form} onSubmit={submit} noValidate>
        <NativeSelect
          label={t('admin.owner')}
          data={owners.map((user) => ({
            value: String(user.id),
            label: `${user.name} (${user.extension ?? ''})`,
          }))}
          value={owner}
          onChange={(event) => setOwner(event.currentTarget.value)}
          data-autofocus
        />
        <NativeSelect
          label={t('admin.kind')}
          data={[
            { value: 'desk_phone', label: t('admin.kinds.desk_phone') },
            { value: 'browser', label: t('admin.kinds.browser') },
          ]}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value === 'browser' ? 'browser' : 'desk_phone')}
        />
        <TextInput
          label={t('admin.label')}
          description={t('admin.labelHint')}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
          error={needed(label) ?? refused('label')}
          autoComplete="off"
        />
        <TextInput
          label={t('admin.sipUser')}
          value={sipUser ?? suggested}
          onChange={(event) => setSipUser(event.currentTarget.value)}
          error={needed(sip_user) ?? refused('sip_user')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        {general !== null && (
          <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
            {errorWords(general)}
          </Notice>
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('app.cancel')}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {t('admin.create')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
