import { Button, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconAlertCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Device } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import classes from './Admin.module.css';

interface RenewSecretProps {
  device: Device;
  name: string;
  onClose: () => void;
  onRenewed: (device: Device, secret: string) => void;
}

export function RenewSecret({ device, name, onClose, onRenewed }: RenewSecretProps) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const errorWords = useErrorWords();
  const renew = useMutation({
    mutationFn: () => api.renewSecret(device.id),
    onSuccess: (secret) => onRenewed(device, secret),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${t('admin.newSecret')}: ${name}`}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <div className={classes.form}>
        <p style={{ margin: 0 }}>{t('admin.newSecretText')}</p>
        {renew.isError && (
          <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
            {errorWords(renew.error)}
          </Notice>
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('app.cancel')}
          </Button>
          <Button loading={renew.isPending} onClick={() => renew.mutate()}>
            {t('admin.newSecret')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
