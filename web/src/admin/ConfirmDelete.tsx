import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconAlertCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import classes from './Admin.module.css';

interface ConfirmDeleteProps {
  name: string;
  text: string;
  onDelete: () => Promise<void>;
  onClose: () => void;
}

export function ConfirmDelete({ name, text, onDelete, onClose }: ConfirmDeleteProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const errorWords = useErrorWords();
  const remove = useMutation({
    mutationFn: onDelete,
    onSuccess: async () => {
      await queries.invalidateQueries();
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('admin.deleteTitle', { name })}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <div className={classes.form}>
        <p style={{ margin: 0 }}>{text}</p>
        {remove.isError && (
          <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
            {errorWords(remove.error)}
          </Notice>
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('app.cancel')}
          </Button>
          <Button color="signal" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('admin.confirmDelete')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
