import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Ringing, User } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { RingingFields } from '../place/RingingFields.tsx';
import { FormDialog } from './Dialog.tsx';
import { ListState } from './ListState.tsx';

/** How somebody is reached: their mobile, and their second call. */
export function RingingForm({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const queries = useQueryClient();
  const saved = useQuery({
    queryKey: ['ringing', user.id],
    queryFn: () => api.ringingOf(user.id),
    // A form is filled from it: what somebody has begun to write must not be written over.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const [changed, setChanged] = useState<Ringing | null>(null);
  const save = useMutation({
    mutationFn: (ringing: Ringing) => api.changeRingingOf(user.id, ringing),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['ringing'] });
      onClose();
    },
  });
  const ringing = changed ?? saved.data;
  return (
    <FormDialog
      title={t('persons.reach', { name: user.name })}
      submit={t('admin.save')}
      pending={save.isPending}
      error={save.error}
      onSubmit={() => ringing !== undefined && save.mutate(ringing)}
      onClose={onClose}
    >
      <ListState query={saved} />
      {ringing !== undefined && <RingingFields ringing={ringing} onChange={setChanged} />}
    </FormDialog>
  );
}
