import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Question } from './Dialog.tsx';

interface ConfirmDeleteProps {
  name: string;
  text: string;
  onDelete: () => Promise<void>;
  onClose: () => void;
}

export function ConfirmDelete({ name, text, onDelete, onClose }: ConfirmDeleteProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: onDelete,
    onSuccess: async () => {
      await queries.invalidateQueries();
      onClose();
    },
  });
  return (
    <Question
      title={t('admin.deleteTitle', { name })}
      confirm={t('admin.confirmDelete')}
      tone="signal"
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {text}
    </Question>
  );
}
