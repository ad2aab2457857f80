import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Reaching, User } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { isToldByRules, ReachingFields } from '../reach/ReachingFields.tsx';
import { Simulator } from '../reach/Simulator.tsx';
import { FormDialog } from './Dialog.tsx';
import { ListState } from './ListState.tsx';

/** Where somebody's calls go, for administrators. */
export function ReachingForm({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const queries = useQueryClient();
  const saved = useQuery({
    queryKey: ['reaching', user.id],
    queryFn: () => api.reachingOf(user.id),
    // A form is filled from it: what somebody has begun to write must not be written over.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const [changed, setChanged] = useState<Reaching | null>(null);
  const save = useMutation({
    mutationFn: (reaching: Reaching) => api.changeReachingOf(user.id, reaching),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['reaching'] });
      onClose();
    },
  });
  const reaching = changed ?? saved.data;
  return (
    <FormDialog
      size="lg"
      title={t('reach.of', { name: user.name })}
      submit={t('admin.save')}
      pending={save.isPending}
      error={isToldByRules(save.error) ? null : save.error}
      onSubmit={() => reaching !== undefined && save.mutate(reaching)}
      onClose={onClose}
    >
      <ListState query={saved} />
      {reaching !== undefined && (
        <>
          <ReachingFields reaching={reaching} error={save.error} onChange={setChanged} />
          <Simulator user={user.id} reaching={reaching} />
        </>
      )}
    </FormDialog>
  );
}
