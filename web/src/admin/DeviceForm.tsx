import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Device, User } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { useRingsChoices } from '../place/RingingFields.tsx';
import { parseRings, ringsWord } from '../place/rings.ts';
import { isToldByFields, useFieldWords } from '../ui/errors.ts';
import { changedDeviceOf, deviceDraftOf, newDeviceOf, suggestedSipUser, type DeviceDraft } from './device.ts';
import { FormDialog } from './Dialog.tsx';
import { SelectField, TextField } from './fields.tsx';
import { SharedFields } from './SharedFields.tsx';

interface DeviceFormProps {
  /** `null`: a new one. */
  device: Device | null;
  users: readonly User[];
  onClose: () => void;
  /** A new desk phone, and its secret, which comes back once. */
  onAdded: (device: Device, secret: string) => void;
}

/** Adds a phone (`device` is `null`) or changes one. */
export function DeviceForm({ device, users, onClose, onAdded }: DeviceFormProps) {
  const { t } = useTranslation();
  const owners = users.filter((user) => user.extension !== null).sort((a, b) => a.name.localeCompare(b.name));
  const [draft, setDraft] = useState(() => deviceDraftOf(device, owners[0] ?? null));
  const [tried, setTried] = useState(false);
  const change = (some: Partial<DeviceDraft>) => setDraft((before) => ({ ...before, ...some }));
  const suggested = suggestedSipUser(draft, owners);
  const sip_user = (draft.sip_user ?? suggested).trim();
  const save = useSave(device, onAdded, onClose);
  const refused = useFieldWords(save.error);
  const needed = (value: string) => (tried && value.trim() === '' ? t('admin.needed') : undefined);
  const submit = () => {
    setTried(true);
    if (draft.label.trim() !== '' && sip_user !== '') save.mutate({ ...draft, sip_user });
  };
  return (
    <FormDialog
      title={device === null ? t('admin.addDevice') : t('admin.edit', { name: device.label })}
      submit={device === null ? t('admin.create') : t('admin.save')}
      pending={save.isPending}
      error={isToldByFields(save.error, ['label', 'sip_user']) ? null : save.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <OwnerField draft={draft} owners={owners} onChange={change} />
      {device === null && <KindField draft={draft} owners={owners} onChange={change} />}
      <TextField
        label={t('admin.label')}
        hint={t('admin.labelHint')}
        value={draft.label}
        onChange={(label) => change({ label })}
        error={needed(draft.label) ?? refused('label')}
        autoCapitalize="sentences"
      />
      {device === null ? (
        <TextField
          label={t('admin.sipUser')}
          value={draft.sip_user ?? suggested}
          onChange={(value) => change({ sip_user: value })}
          error={needed(sip_user) ?? refused('sip_user')}
        />
      ) : (
        <RingsField draft={draft} onChange={change} />
      )}
      {draft.kind === 'desk_phone' && (
        <SharedFields shared={draft.shared} people={owners} onChange={(shared) => change({ shared })} />
      )}
    </FormDialog>
  );
}

interface PartProps {
  draft: DeviceDraft;
  onChange: (some: Partial<DeviceDraft>) => void;
}

function OwnerField({ draft, owners, onChange }: PartProps & { owners: readonly User[] }) {
  const { t } = useTranslation();
  const nobody = draft.kind === 'desk_phone' ? [{ value: '', label: t('devices.nobody') }] : [];
  return (
    <SelectField
      label={t('admin.owner')}
      data={[
        ...owners.map(({ id, name, extension }) => ({
          value: String(id),
          label: `${name} (${extension ?? ''})`,
        })),
        ...nobody,
      ]}
      value={String(draft.user_id ?? '')}
      onChange={(value) => onChange({ user_id: value === '' ? null : Number(value) })}
      first
    />
  );
}

function KindField({ draft, owners, onChange }: PartProps & { owners: readonly User[] }) {
  const { t } = useTranslation();
  return (
    <SelectField
      label={t('admin.kind')}
      data={[
        { value: 'desk_phone', label: t('admin.kinds.desk_phone') },
        { value: 'browser', label: t('admin.kinds.browser') },
      ]}
      value={draft.kind}
      onChange={(value) =>
        onChange(
          value === 'browser'
            ? { kind: 'browser', shared: null, user_id: draft.user_id ?? owners[0]?.id ?? null }
            : { kind: 'desk_phone' },
        )
      }
    />
  );
}

function RingsField({ draft, onChange }: PartProps) {
  const { t } = useTranslation();
  return (
    <SelectField
      label={t('devices.rings')}
      value={ringsWord(draft)}
      data={useRingsChoices(draft)}
      onChange={(value) => onChange(parseRings(value))}
    />
  );
}

function useSave(device: Device | null, onAdded: DeviceFormProps['onAdded'], onClose: () => void) {
  const { api } = useBackend();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (draft: DeviceDraft & { sip_user: string }) => {
      if (device === null) return api.addDevice(newDeviceOf(draft));
      await api.changeDevice(device.id, changedDeviceOf(draft));
      return null;
    },
    onSuccess: async (added) => {
      await queries.invalidateQueries({ queryKey: ['devices'] });
      await queries.invalidateQueries({ queryKey: ['place'] });
      // A browser phone signs in with its person; only desk phones need to be told a secret.
      if (added?.device.kind === 'desk_phone') onAdded(added.device, added.secret);
      else onClose();
    },
  });
}
