import { Checkbox } from '@mantine/core';
import { IconUsersGroup } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changesOf } from '../../api/changes.ts';
import type { NewRoom, Room } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { useUsers } from '../../people/directory.ts';
import classes from '../Admin.module.css';
import { FormDialog } from '../Dialog.tsx';
import { TextField } from '../fields.tsx';
import outside from '../outside/Outside.module.css';
import { useWrong } from '../outside/wrong.ts';
import { EditableList } from './EditableList.tsx';
import { PeopleField } from './PeopleField.tsx';
import { useRooms, useSaveFeature } from './queries.ts';

const SHOWN = ['name', 'extension', 'pin', 'members_max'];
const MEMBERS = { min: 2, max: 64 };
const NEW_ROOM: NewRoom = {
  name: '',
  extension: '',
  pin: null,
  host_ids: [],
  waits_for_host: false,
  has_tones: true,
  members_max: 20,
};

/** Conference rooms with numbers. */
export function Rooms() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const users = useUsers().data ?? [];
  const nameOf = (id: number) => users.find((user) => user.id === id)?.name ?? String(id);
  return (
    <EditableList<Room>
      id="rooms"
      words={{
        title: t('features.rooms.title'),
        text: t('features.rooms.text'),
        add: t('features.rooms.add'),
        empty: t('features.rooms.empty'),
        emptyText: t('features.rooms.emptyText'),
        deleteText: t('features.rooms.deleteText'),
      }}
      icon={IconUsersGroup}
      query={useRooms()}
      columns={[
        {
          title: t('admin.name'),
          plain: true,
          cell: ({ name }) => <strong className={classes.by}>{name}</strong>,
        },
        { title: t('teams.number'), className: 'figures', cell: ({ extension }) => extension },
        {
          title: t('features.rooms.pin'),
          className: 'figures',
          cell: ({ pin }) => pin ?? t('features.rooms.noPin'),
        },
        { title: t('features.rooms.hosts'), cell: ({ host_ids }) => host_ids.map(nameOf).join(', ') || '–' },
        { title: t('features.rooms.most'), className: 'figures', cell: ({ members_max }) => members_max },
      ]}
      form={(room, onClose) => <RoomForm room={room} onClose={onClose} />}
      onDelete={(id) => api.deleteRoom(id)}
    />
  );
}

function RoomForm({ room, onClose }: { room: Room | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const [draft, setDraft] = useState<NewRoom>(room ?? NEW_ROOM);
  const [most, setMost] = useState(String(draft.members_max));
  const [tried, setTried] = useState(false);
  const save = useSaveFeature(
    (body: NewRoom) => (room === null ? api.addRoom(body) : api.changeRoom(room.id, changesOf(room, body))),
    onClose,
  );
  const wrong = useWrong(save.error);
  const change = (some: Partial<NewRoom>) => setDraft((before) => ({ ...before, ...some }));
  const mistakes = {
    name: draft.name.trim() === '',
    extension: !/^\d{1,15}$/.test(draft.extension),
    pin: draft.pin !== null && !/^\d{4,12}$/.test(draft.pin),
    most: !/^\d{1,2}$/.test(most) || Number(most) < MEMBERS.min || Number(most) > MEMBERS.max,
  };
  const told = (isWrong: boolean, words: string) => (tried && isWrong ? words : undefined);
  return (
    <FormDialog
      size="lg"
      title={room === null ? t('features.rooms.add') : t('admin.edit', { name: room.name })}
      submit={room === null ? t('admin.create') : t('admin.save')}
      pending={save.isPending}
      error={wrong.besides(SHOWN)}
      onSubmit={() => {
        setTried(true);
        if (Object.values(mistakes).some(Boolean)) return;
        const { name, extension, pin, host_ids, waits_for_host, has_tones } = draft;
        const members_max = Number(most);
        save.mutate({ name: name.trim(), extension, pin, host_ids, waits_for_host, has_tones, members_max });
      }}
      onClose={onClose}
    >
      <div className={outside.pair}>
        <TextField
          label={t('admin.name')}
          first
          value={draft.name}
          onChange={(name) => change({ name })}
          error={told(mistakes.name, t('admin.needed')) ?? wrong.at('name')}
          autoCapitalize="words"
        />
        <TextField
          label={t('teams.number')}
          inputMode="numeric"
          value={draft.extension}
          onChange={(extension) => change({ extension: extension.trim() })}
          error={told(mistakes.extension, t('errors.field.extension')) ?? wrong.at('extension')}
        />
        <TextField
          label={t('features.rooms.pin')}
          hint={t('features.rooms.pinHint')}
          inputMode="numeric"
          value={draft.pin ?? ''}
          onChange={(pin) => change({ pin: pin.trim() === '' ? null : pin.trim() })}
          error={told(mistakes.pin, t('pin.rule')) ?? wrong.at('pin')}
        />
        <TextField
          label={t('features.rooms.most')}
          hint={t('features.rooms.mostHint')}
          inputMode="numeric"
          value={most}
          onChange={setMost}
          error={told(mistakes.most, t('features.rooms.mostHint')) ?? wrong.at('members_max')}
        />
      </div>
      <PeopleField
        label={t('features.rooms.hosts')}
        value={draft.host_ids}
        onChange={(host_ids) => change({ host_ids })}
      />
      <Checkbox
        label={t('features.rooms.waits')}
        description={t('features.rooms.waitsHint')}
        checked={draft.waits_for_host}
        onChange={(event) => change({ waits_for_host: event.currentTarget.checked })}
      />
      <Checkbox
        label={t('features.rooms.tones')}
        checked={draft.has_tones}
        onChange={(event) => change({ has_tones: event.currentTarget.checked })}
      />
    </FormDialog>
  );
}
