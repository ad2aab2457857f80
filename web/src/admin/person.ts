/** A person as they are being written in their form, and how that is saved. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Api } from '../api/client.ts';
import type { Calling, NewUser, RecordingPermission, Role, User } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { PASSWORD_LENGTH_MIN } from '../settings/ChangePassword.tsx';

export interface PersonDraft {
  name: string;
  login: string;
  extension: string;
  role: Role;
  /** Empty: the present one stays. */
  password: string;
}

/** What the server permits to whom nobody has permitted anything else. */
export const USUAL_CALLING: Calling = {
  classes: ['free', 'local', 'national', 'mobile'],
  windows: [],
  profile_id: null,
  number: null,
  hidden: false,
  location: null,
};

export const USUAL_RECORDING: RecordingPermission = { may_record: false, hears: 'none' };

export function draftOf(user: User | null): PersonDraft {
  return {
    name: user?.name ?? '',
    login: user?.login ?? '',
    extension: user?.extension ?? '',
    role: user?.role ?? 'user',
    password: '',
  };
}

/** What can be seen to be wrong without the server. */
export function mistakesOf(draft: PersonDraft, isNew: boolean): (keyof PersonDraft)[] {
  const keepsPassword = !isNew && draft.password === '';
  const isWrong = {
    name: draft.name.trim() === '',
    login: draft.login.trim() === '',
    extension: !/^\d{0,15}$/.test(draft.extension.trim()),
    role: false,
    password: !keepsPassword && draft.password.length < PASSWORD_LENGTH_MIN,
  };
  return (Object.keys(isWrong) as (keyof PersonDraft)[]).filter((field) => isWrong[field]);
}

/** The person is saved, but not what they may do. */
export class PermissionsNotSaved extends Error {
  constructor(cause: unknown) {
    super('the person is saved, but not what they may do', { cause });
  }
}

/** `null`: as it was. */
interface SavedPerson {
  draft: PersonDraft;
  calling: Calling | null;
  recording: RecordingPermission | null;
}

/**
 * Saves a person (`user` is `null`: a new one), and then what they may call and record, if that was changed. Who has been added stays
 * added when the second fails; from then on they are changed.
 */
export function useSavePerson(user: User | null, onSaved: () => void) {
  const { api } = useBackend();
  const queries = useQueryClient();
  const [person, setPerson] = useState(user);
  const save = useMutation({
    mutationFn: async ({ draft, calling, recording }: SavedPerson) => {
      const saved = await put(api, person, draft);
      setPerson(saved);
      try {
        if (calling !== null) await api.changeCalling(saved.id, calling);
        if (recording !== null) await api.changeRecordingPermission(saved.id, recording);
      } catch (cause) {
        throw new PermissionsNotSaved(cause);
      }
    },
    onSuccess: onSaved,
    // Lists are other than before even when only the first half was saved.
    onSettled: () => queries.invalidateQueries(),
  });
  const half = save.error instanceof PermissionsNotSaved ? save.error : null;
  return {
    save: save.mutate,
    pending: save.isPending,
    /** What is wrong, whichever half it was. */
    error: half?.cause instanceof Error ? half.cause : save.error,
    /** Who has been added while what they may do is not saved yet. */
    added: user === null && half !== null ? person : null,
  };
}

function put(api: Api, person: User | null, draft: PersonDraft): Promise<User> {
  const extension = draft.extension.trim();
  const body: Omit<NewUser, 'password'> = {
    name: draft.name.trim(),
    login: draft.login.trim(),
    extension: extension === '' ? null : extension,
    role: draft.role,
  };
  if (person === null) return api.addUser({ ...body, password: draft.password });
  return api.changeUser(person.id, draft.password === '' ? body : { ...body, password: draft.password });
}
