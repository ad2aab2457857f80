import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { User } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { applied, type Changes } from '../reach/changes.ts';
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
  const [changes, setChanges] = useState<Changes>({});
  const save = useMutation({
    mutationFn: async () => api.changeReachingOf(user.id, applied(await api.reachingOf(user.id), changes)),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['reaching'] });
      onClose();
    },
  });
  const reaching = saved.data === undefined ? undefined : applied(saved.data, changes);
  return (
    <FormDialog
      size="lg"
      title={t('reach.of', { name: user.name })}
      submit={t('admin.save')}
      pending={save.isPending}
      error={isToldByRules(save.error) ? null : save.error}
      onSubmit={() => reaching !== undefined && save.mutate()}
      onClose={onClose}
    >
      <ListState query={saved} />
      {reaching !== undefined && (
        <>
          <ReachingFields
            reaching={reaching}
            error={save.error}
            onChange={(some) => setChanges((now) => ({ ...now, ...some }))}
          />
          <Simulator user={user.id} reaching={reaching} />
        </>
      )}
    </FormDialog>
  );
}
