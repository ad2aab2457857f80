import { IconPhoneCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changesOf } from '../../api/changes.ts';
import type { NewPickUpGroup, PickUpGroup } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { useUsers } from '../../people/directory.ts';
import classes from '../Admin.module.css';
import { FormDialog } from '../Dialog.tsx';
import { TextField } from '../fields.tsx';
import { useWrong } from '../outside/wrong.ts';
import { EditableList } from './EditableList.tsx';
import { PeopleField } from './PeopleField.tsx';
import { usePickUpGroups, useSaveFeature } from './queries.ts';

/** Who may answer whose calls. */
export function PickUpGroups() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const users = useUsers().data ?? [];
  const nameOf = (id: number) => users.find((user) => user.id === id)?.name ?? String(id);
  return (
    <EditableList<PickUpGroup>
      id="pick-up-groups"
      words={{
        title: t('features.groups.title'),
        text: t('features.groups.text'),
        add: t('features.groups.add'),
        empty: t('features.groups.empty'),
        emptyText: t('features.groups.emptyText'),
        deleteText: t('features.groups.deleteText'),
      }}
      icon={IconPhoneCheck}
      query={usePickUpGroups()}
      columns={[
        {
          title: t('admin.name'),
          plain: true,
          cell: ({ name }) => <strong className={classes.by}>{name}</strong>,
        },
        { title: t('teams.members'), cell: ({ member_ids }) => member_ids.map(nameOf).join(', ') || '–' },
      ]}
      form={(group, onClose) => <GroupForm group={group} onClose={onClose} />}
      onDelete={(id) => api.deletePickUpGroup(id)}
    />
  );
}

function GroupForm({ group, onClose }: { group: PickUpGroup | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const [name, setName] = useState(group?.name ?? '');
  const [member_ids, setMembers] = useState(group?.member_ids ?? []);
  const [tried, setTried] = useState(false);
  const save = useSaveFeature(
    (body: NewPickUpGroup) =>
      group === null ? api.addPickUpGroup(body) : api.changePickUpGroup(group.id, changesOf(group, body)),
    onClose,
  );
  const wrong = useWrong(save.error);
  const isNameless = name.trim() === '';
  return (
    <FormDialog
      title={group === null ? t('features.groups.add') : t('admin.edit', { name: group.name })}
      submit={group === null ? t('admin.create') : t('admin.save')}
      pending={save.isPending}
      error={wrong.besides(['name'])}
      onSubmit={() => {
        setTried(true);
        if (!isNameless) save.mutate({ name: name.trim(), member_ids });
      }}
      onClose={onClose}
    >
      <TextField
        label={t('admin.name')}
        first
        value={name}
        onChange={setName}
        error={tried && isNameless ? t('admin.needed') : wrong.at('name')}
        autoCapitalize="words"
      />
      <PeopleField label={t('teams.members')} value={member_ids} onChange={setMembers} />
    </FormDialog>
  );
}
