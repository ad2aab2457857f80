import { useTranslation } from 'react-i18next';
import type { RecordingRule } from '../../api/types.ts';
import { useUsers } from '../../people/directory.ts';
import { useTeams } from '../../place/queries.ts';
import { useTrunks } from '../outside/queries.ts';

type Whose = RecordingRule['whose'];
export const WHOSE: readonly Whose[] = ['everybody', 'person', 'team', 'trunk'];

/** Whom a rule may be about, by kind. */
export function useCandidates(): Record<Exclude<Whose, 'everybody'>, { id: number; name: string }[]> {
  const byName = (list: readonly { id: number; name: string }[] | undefined) =>
    [...(list ?? [])].sort((a, b) => a.name.localeCompare(b.name));
  const users = useUsers().data?.filter(({ extension }) => extension !== null);
  return { person: byName(users), team: byName(useTeams().data), trunk: byName(useTrunks().data) };
}

/** Whose calls a rule is about. */
export function useWhoseWords(): (rule: RecordingRule) => string {
  const { t } = useTranslation();
  const candidates = useCandidates();
  return ({ whose, id }) => {
    if (whose === 'everybody') return t('recordingAdmin.of.everybody');
    const name = candidates[whose].find((each) => each.id === id)?.name ?? String(id);
    return t(`recordingAdmin.named.${whose}`, { name });
  };
}
