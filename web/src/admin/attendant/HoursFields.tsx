import { useTranslation } from 'react-i18next';
import type { MenuHours, Spoken } from '../../api/types.ts';
import { useTimeProfiles } from '../../reach/queries.ts';
import { SelectField } from '../fields.tsx';
import { ChoiceFields } from './ChoiceFields.tsx';
import { GreetingField } from './GreetingField.tsx';

interface HoursFieldsProps {
  hours: MenuHours | null;
  language: Spoken | null;
  isTried: boolean;
  onChange: (hours: MenuHours | null) => void;
}

/** When the menu is open, and what callers hear at other times. */
export function HoursFields({ hours, language, isTried, onChange }: HoursFieldsProps) {
  const { t } = useTranslation();
  const profiles = useTimeProfiles().data ?? [];
  const choose = (value: string) => {
    if (value === '') onChange(null);
    else if (hours !== null) onChange({ ...hours, profile_id: Number(value) });
    else onChange({ profile_id: Number(value), greeting_id: null, then: { do: 'hang_up' } });
  };
  return (
    <>
      <SelectField
        label={t('attendant.open')}
        hint={profiles.length === 0 ? t('attendant.openHint') : undefined}
        value={hours === null ? '' : String(hours.profile_id)}
        data={[
          { value: '', label: t('attendant.always') },
          ...profiles.map(({ id, name }) => ({ value: String(id), label: t('attendant.openBy', { name }) })),
        ]}
        onChange={choose}
      />
      {hours !== null && (
        <>
          <GreetingField
            label={t('attendant.closedGreeting')}
            value={hours.greeting_id}
            prompt="closed"
            language={language}
            onChange={(greeting_id) => onChange({ ...hours, greeting_id })}
          />
          <ChoiceFields
            label={t('attendant.closedThen')}
            choice={hours.then}
            isTried={isTried}
            onChange={(then) => then !== null && onChange({ ...hours, then })}
          />
        </>
      )}
    </>
  );
}
