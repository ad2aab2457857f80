import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Device } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { Question } from './Dialog.tsx';

interface RenewSecretProps {
  device: Device;
  name: string;
  onClose: () => void;
  onRenewed: (device: Device, secret: string) => void;
}

export function RenewSecret({ device, name, onClose, onRenewed }: RenewSecretProps) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const renew = useMutation({
    mutationFn: () => api.renewSecret(device.id),
    onSuccess: (secret) => onRenewed(device, secret),
  });
  return (
    <Question
      title={`${t('admin.newSecret')}: ${name}`}
      confirm={t('admin.newSecret')}
      pending={renew.isPending}
      error={renew.error}
      onConfirm={() => renew.mutate()}
      onClose={onClose}
    >
      {t('admin.newSecretText')}
    </Question>
  );
}
