import { Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Shared, User } from '../api/types.ts';
import { SelectField } from './fields.tsx';
import outside from './outside/Outside.module.css';

interface SharedFieldsProps {
  /** `null`: an ordinary phone. */
  shared: Shared | null;
  people: readonly User[];
  onChange: (shared: Shared | null) => void;
}

/** Whether people log on at a phone, and who may. */
export function SharedFields({ shared, people, onChange }: SharedFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Checkbox
        label={t('devices.shared')}
        description={t('devices.sharedHint')}
        checked={shared !== null}
        onChange={(event) =>
          onChange(event.currentTarget.checked ? { open_to: 'everybody', people: [] } : null)
        }
      />
      {shared !== null && (
        <SelectField
          label={t('devices.openTo')}
          value={shared.open_to}
          data={[
            { value: 'everybody', label: t('devices.open.everybody') },
            { value: 'people', label: t('devices.open.people') },
          ]}
          onChange={(value) => onChange({ ...shared, open_to: value === 'people' ? 'people' : 'everybody' })}
        />
      )}
      {shared?.open_to === 'people' && (
        <fieldset className={outside.group}>
          <legend>{t('devices.who')}</legend>
          <div className={outside.choices}>
            {people.map(({ id, name, extension }) => (
              <Checkbox
                key={id}
                label={`${name} (${extension ?? ''})`}
                checked={shared.people.includes(id)}
                onChange={(event) =>
                  onChange({
                    ...shared,
                    people: event.currentTarget.checked
                      ? [...shared.people, id]
                      : shared.people.filter((each) => each !== id),
                  })
                }
              />
            ))}
          </div>
        </fieldset>
      )}
    </>
  );
}
