import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconEye, IconLink } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import admin from '../admin/Admin.module.css';
import { Copy } from '../admin/Copy.tsx';
import { Dialog, FormDialog } from '../admin/Dialog.tsx';
import { SelectField, TextField } from '../admin/fields.tsx';
import type { NewCheckLink } from '../api/doctor.ts';
import { useBackend } from '../backend.ts';
import { localeOf } from '../i18n/i18n.ts';
import { useUsers } from '../people/directory.ts';
import { Notice } from '../ui/Notice.tsx';
import classes from './Doctor.module.css';

/** Who is to check: anybody who gets the link, or one of ours. */
export type ForWhom = { kind: 'anybody' } | { kind: 'user'; name: string; extension: string };

/** What one calls a link, at most. */
const LABEL_MAX = 80;

/** Makes a link for a check without signing in, and shows it once. */
export function LinkDialog({ forWhom, onClose }: { forWhom: ForWhom; onClose: () => void }) {
  const { api } = useBackend();
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: (link: NewCheckLink) => api.addCheckLink(link),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['check-links'] }),
  });
  if (make.data !== undefined) return <Made link={make.data} onClose={onClose} />;
  return (
    <Form
      forWhom={forWhom}
      pending={make.isPending}
      error={make.error}
      onMake={(link) => make.mutate(link)}
      onClose={onClose}
    />
  );
}

interface FormProps {
  forWhom: ForWhom;
  pending: boolean;
  error: Error | null;
  onMake: (link: NewCheckLink) => void;
  onClose: () => void;
}

function Form({ forWhom, pending, error, onMake, onClose }: FormProps) {
  const { t } = useTranslation();
  const users = useUsers().data ?? [];
  const given = forWhom.kind === 'user' ? forWhom : null;
  const [label, setLabel] = useState(given?.name ?? '');
  const [extension, setExtension] = useState(given?.extension ?? '');
  const [isTried, setTried] = useState(false);
  const name = label.trim();
  const isWrong = name === '' || name.length > LABEL_MAX;
  const people = users.flatMap((user) =>
    user.extension === null ? [] : [{ value: user.extension, label: `${user.name} (${user.extension})` }],
  );
  const submit = () => {
    setTried(true);
    if (!isWrong) onMake({ label: name, ...(extension === '' ? {} : { extension }) });
  };
  return (
    <FormDialog
      title={given === null ? t('doctor.links.send') : t('doctor.links.testAs', { name: given.name })}
      submit={t('doctor.links.make')}
      pending={pending}
      error={error}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className={admin.said}>{t('doctor.links.text')}</p>
      <TextField
        label={t('doctor.links.label')}
        hint={t('doctor.links.labelHint')}
        value={label}
        onChange={setLabel}
        error={isTried && isWrong ? t('errors.field.label') : undefined}
      />
      <SelectField
        label={t('doctor.links.as')}
        value={extension}
        onChange={setExtension}
        data={[{ value: '', label: t('doctor.links.guest') }, ...people]}
      />
      {extension !== '' && (
        <Notice tone="wait" icon={<IconEye size={20} />}>
          {t('doctor.links.audited')}
        </Notice>
      )}
    </FormDialog>
  );
}

function Made({ link, onClose }: { link: { url: string; expires_at: string }; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const url = new URL(link.url, window.location.origin).href;
  const until = new Date(link.expires_at).toLocaleString(localeOf(i18n.language), {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  return (
    <Dialog title={t('doctor.links.made')} onClose={onClose} closeOnClickOutside={false}>
      <div className={admin.form}>
        <Notice tone="wait" icon={<IconLink size={20} />}>
          {t('doctor.links.once', { until })}
        </Notice>
        <div className={classes.url}>
          <code>{url}</code>
          <Copy value={url} size="sm" words={t('doctor.links.copy')} />
        </div>
        <div className={admin.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('admin.done')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
