import { Checkbox } from '@mantine/core';
import { useUsers } from '../../people/directory.ts';
import outside from '../outside/Outside.module.css';

interface PeopleFieldProps {
  label: string;
  value: readonly number[];
  onChange: (people: number[]) => void;
}

/** Which people: everybody who has a number, each of them on or off. */
export function PeopleField({ label, value, onChange }: PeopleFieldProps) {
  const users = useUsers().data ?? [];
  const people = users
    .filter(({ extension }) => extension !== null)
    .sort((a, b) => a.name.localeCompare(b.name));
  return (
    <fieldset className={outside.group}>
      <legend>{label}</legend>
      <div className={outside.choices}>
        {people.map(({ id, name, extension }) => (
          <Checkbox
            key={id}
            label={`${name} (${extension ?? ''})`}
            checked={value.includes(id)}
            onChange={(event) =>
              onChange(event.currentTarget.checked ? [...value, id] : value.filter((each) => each !== id))
            }
          />
        ))}
      </div>
    </fieldset>
  );
}
