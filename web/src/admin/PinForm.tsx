import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconWand } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { User } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { isPin } from '../settings/pin.ts';
import classes from './Admin.module.css';
import { FormDialog } from './Dialog.tsx';
import { TextField } from './fields.tsx';
import { makePin } from './password.ts';

/** Sets somebody's PIN, which its administrator reads to tell it to them. */
export function PinForm({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const queries = useQueryClient();
  const [pin, setPin] = useState('');
  const [tried, setTried] = useState(false);
  const { name } = user;
  const save = useMutation({
    mutationFn: () => api.setPinOf(user.id, pin),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['users'] });
      onClose();
    },
  });
  return (
    <FormDialog
      title={t('persons.pin', { name })}
      submit={t('pin.create')}
      pending={save.isPending}
      error={save.error}
      onSubmit={() => {
        setTried(true);
        if (isPin(pin)) save.mutate();
      }}
      onClose={onClose}
    >
      <p className={classes.said}>
        {t('persons.pinText', { name })} {user.has_pin && t('persons.pinReplaces')}
      </p>
      <div className={classes.withButton}>
        <TextField
          label={t('pin.next')}
          inputMode="numeric"
          first
          value={pin}
          onChange={setPin}
          error={tried && !isPin(pin) ? t('pin.rule') : undefined}
        />
        <Button
          variant="default"
          leftSection={<IconWand size={18} aria-hidden="true" />}
          onClick={() => setPin(makePin())}
        >
          {t('admin.generate')}
        </Button>
      </div>
    </FormDialog>
  );
}
