/** What the server knows of menus and of what is played to people. All keys begin with `attendant`. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useBackend } from '../../backend.ts';
import { useUsers } from '../../people/directory.ts';
import { useTeams } from '../../place/queries.ts';
import { useRooms } from '../features/queries.ts';

export function useMenus() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['attendant', 'menus'], queryFn: () => api.menus() });
}

export function useAnnouncements() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['attendant', 'announcements'], queryFn: () => api.announcements() });
}

export function usePrompts() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['attendant', 'prompts'], queryFn: () => api.prompts() });
}

/** Does something here, after which all of it is new. */
export function useChange<Wish, Done>(change: (wish: Wish) => Promise<Done>, onDone?: (done: Done) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (done) => {
      await queries.invalidateQueries({ queryKey: ['attendant'] });
      onDone?.(done);
    },
  });
}

/** The most that the server takes, in bytes. */
const BYTES_MAX = 20_000_000;

/** A file is too large to be sent at all. */
export class TooLarge extends Error {}

/** Sends a file; `part`: how much of it has gone out, `null` while none is on its way. */
export function useUpload<Done>(
  send: (file: File, onProgress: (part: number) => void) => Promise<Done>,
  onDone?: (done: Done) => void,
) {
  const { player } = useBackend();
  const [part, setPart] = useState<number | null>(null);
  const change = useChange(async (file: File) => {
    if (file.size > BYTES_MAX) throw new TooLarge();
    setPart(0);
    try {
      return await send(file, setPart);
    } finally {
      setPart(null);
      // What plays may be what was before.
      player.stop();
    }
  }, onDone);
  return { start: change.mutate, part, error: change.error };
}

export interface InsideNumber {
  number: string;
  name: string;
}

/** Every number inside that a menu may lead to: people, teams, rooms, menus. */
export function useInsideNumbers(): readonly InsideNumber[] {
  const users = useUsers().data;
  const teams = useTeams().data;
  const rooms = useRooms().data;
  const menus = useMenus().data;
  return useMemo(() => {
    const all = [...(users ?? []), ...(teams ?? []), ...(rooms ?? []), ...(menus ?? [])];
    return all
      .flatMap(({ extension, name }) => (extension === null ? [] : [{ number: extension, name }]))
      .sort((a, b) => a.name.localeCompare(b.name));
  }, [users, teams, rooms, menus]);
}
