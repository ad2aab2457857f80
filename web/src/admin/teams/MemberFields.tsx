import { Checkbox } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TeamMember } from '../../api/types.ts';
import { useUsers } from '../../people/directory.ts';
import { useDevices } from '../../place/queries.ts';
import { RowButton } from '../DataTable.tsx';
import { SelectField } from '../fields.tsx';
import { Move } from '../outside/Move.tsx';
import { moved } from '../outside/order.ts';
import outside from '../outside/Outside.module.css';
import { isMember } from './draft.ts';
import classes from './Teams.module.css';

interface MemberFieldsProps {
  members: readonly TeamMember[];
  onChange: (members: TeamMember[]) => void;
}

/** Who is in a team, in their order, and whether calls ring there. */
export function MemberFields({ members, onChange }: MemberFieldsProps) {
  const { t } = useTranslation();
  const candidates = useCandidates();
  const nameOf = (member: TeamMember) =>
    candidates.find((each) => isMember(each.member, member))?.label ??
    String(member.user_id ?? member.device_id);
  const free = candidates.filter((each) => !members.some((member) => isMember(member, each.member)));
  const group = (kind: 'user' | 'device') =>
    free.filter((each) => each.kind === kind).map(({ value, label }) => ({ value, label }));
  const add = (value: string) => {
    const chosen = free.find((each) => each.value === value);
    if (chosen !== undefined) onChange([...members, chosen.member]);
  };
  return (
    <fieldset className={`${outside.group ?? ''} ${classes.fields ?? ''}`}>
      <legend>{t('teams.members')}</legend>
      <p className={outside.hint}>{members.length === 0 ? t('teams.noMembers') : t('teams.membersHint')}</p>
      {members.length > 0 && (
        <ol className={classes.members}>
          {members.map((member, index) => (
            <Member
              key={`${member.user_id}-${member.device_id}`}
              name={nameOf(member)}
              member={member}
              isFirst={index === 0}
              isLast={index === members.length - 1}
              onMove={(by) => onChange(moved(members, index, by))}
              onChange={(changed) => onChange(members.map((each, at) => (at === index ? changed : each)))}
              onRemove={() => onChange(members.filter((_, at) => at !== index))}
            />
          ))}
        </ol>
      )}
      {free.length > 0 && (
        <SelectField
          label={t('teams.addMember')}
          value=""
          data={[
            { value: '', label: t('teams.choose') },
            { group: t('teams.people'), items: group('user') },
            { group: t('teams.phones'), items: group('device') },
          ].filter((each) => each.items === undefined || each.items.length > 0)}
          onChange={add}
        />
      )}
    </fieldset>
  );
}

interface Candidate {
  value: string;
  kind: 'user' | 'device';
  label: string;
  member: TeamMember;
}

/** Everybody with a number, and phones that are nobody's. */
function useCandidates(): Candidate[] {
  const users = useUsers().data ?? [];
  const devices = useDevices().data ?? [];
  const people = users
    .filter(({ extension }) => extension !== null)
    .sort((a, b) => a.name.localeCompare(b.name))
    .map(({ id, name, extension }): Candidate => ({
      value: `user-${id}`,
      kind: 'user',
      label: `${name} (${extension ?? ''})`,
      member: { user_id: id, device_id: null, rings: true },
    }));
  const phones = devices
    .filter(({ user_id, shared }) => user_id === null && shared === null)
    .map(({ id, label }): Candidate => ({
      value: `device-${id}`,
      kind: 'device',
      label,
      member: { user_id: null, device_id: id, rings: true },
    }));
  return [...people, ...phones];
}

interface MemberProps {
  name: string;
  member: TeamMember;
  isFirst: boolean;
  isLast: boolean;
  onMove: (by: -1 | 1) => void;
  onChange: (member: TeamMember) => void;
  onRemove: () => void;
}

function Member({ name, member, isFirst, isLast, onMove, onChange, onRemove }: MemberProps) {
  const { t } = useTranslation();
  return (
    <li className={classes.member}>
      <span className={`${classes.name ?? ''} clip`}>{name}</span>
      <Checkbox
        label={t('teams.rings')}
        aria-label={`${t('teams.rings')}: ${name}`}
        checked={member.rings}
        onChange={(event) => onChange({ ...member, rings: event.currentTarget.checked })}
      />
      <span className={classes.buttons}>
        <Move label={t('teams.up', { name })} isEnd={isFirst} onMove={() => onMove(-1)}>
          <IconArrowUp size={19} />
        </Move>
        <Move label={t('teams.down', { name })} isEnd={isLast} onMove={() => onMove(1)}>
          <IconArrowDown size={19} />
        </Move>
        <RowButton icon={IconX} label={t('teams.remove', { name })} tone="signal" onClick={onRemove} />
      </span>
    </li>
  );
}
