import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Question } from '../admin/Dialog.tsx';
import type { RecordedParty } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { localeOf } from '../i18n/i18n.ts';
import { useDirectory } from '../people/directory.ts';
import { momentWords } from '../ui/moment.ts';
import type { Heard } from './player.ts';

/** Asks first; whoever listens to it hears no more. */
export function DeleteRecording({ heard, onClose }: { heard: Heard; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const { api, player } = useBackend();
  const { nameOf } = useDirectory();
  const words = (party: RecordedParty | null) => (party === null ? '…' : nameOf(party));
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.deleteRecording(heard.id),
    onSuccess: async () => {
      if (player.state().track?.heard?.id === heard.id) player.stop();
      await queries.invalidateQueries({ queryKey: ['recordings', 'list'] });
      await queries.invalidateQueries({ queryKey: ['calls'] });
      onClose();
    },
  });
  return (
    <Question
      title={t('recordings.deleteTitle')}
      confirm={t('recordings.deleted')}
      tone="signal"
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {t('recordings.deleteText', {
        own: words(heard.own),
        other: words(heard.other),
        when: momentWords(heard.started_at, new Date(), localeOf(i18n.language)),
      })}
    </Question>
  );
}
