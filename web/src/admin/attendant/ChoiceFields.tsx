import { useTranslation } from 'react-i18next';
import type { Choice } from '../../api/types.ts';
import { NumberField } from '../../reach/NumberField.tsx';
import { plainNumber } from '../../reach/forwards.ts';
import { SelectField } from '../fields.tsx';
import outside from '../outside/Outside.module.css';
import { isUnfinished, NO_ANNOUNCEMENT } from './menu.ts';
import { useAnnouncements, useInsideNumbers } from './queries.ts';

const DOES = ['number', 'hear', 'again', 'hang_up'] as const satisfies readonly Choice['do'][];

interface ChoiceFieldsProps {
  label: string;
  /** `null`: nothing. */
  choice: Choice | null;
  /** Whether nothing can be chosen. */
  orNothing?: boolean;
  /** Whether what is missing is told. */
  isTried: boolean;
  onChange: (choice: Choice | null) => void;
}

/** What happens: the call goes to a number, an announcement plays, the menu begins again, or the call ends. */
export function ChoiceFields({ label, choice, orNothing = false, isTried, onChange }: ChoiceFieldsProps) {
  const { t } = useTranslation();
  const announcements = useAnnouncements().data ?? [];
  const among = useInsideNumbers();
  const isMissing = isTried && choice !== null && isUnfinished(choice);
  const data = [
    ...(orNothing ? [{ value: '', label: t('attendant.does.nothing') }] : []),
    ...DOES.map((value) => ({ value, label: t(`attendant.does.${value}`) })),
  ];
  return (
    <div className={outside.pair}>
      <SelectField
        label={label}
        value={choice?.do ?? ''}
        data={data}
        onChange={(value) => onChange(begun(DOES.find((each) => each === value)))}
      />
      {choice?.do === 'number' && (
        <NumberField
          label={t('attendant.number')}
          placeholder={t('attendant.numberHint')}
          value={choice.number}
          among={among}
          error={isMissing ? t('reach.wrong.to') : undefined}
          onChange={(number) => onChange({ do: 'number', number: plainNumber(number) })}
        />
      )}
      {choice?.do === 'hear' && (
        <SelectField
          label={t('attendant.announcement')}
          value={choice.announcement_id === NO_ANNOUNCEMENT ? '' : String(choice.announcement_id)}
          data={[
            { value: '', label: t('recordingAdmin.choose') },
            ...announcements.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
          error={isMissing ? t('admin.needed') : undefined}
          onChange={(value) => onChange({ do: 'hear', announcement_id: Number(value) })}
        />
      )}
    </div>
  );
}

function begun(what: Choice['do'] | undefined): Choice | null {
  switch (what) {
    case undefined:
      return null;
    case 'number':
      return { do: what, number: '' };
    case 'hear':
      return { do: what, announcement_id: NO_ANNOUNCEMENT };
    case 'again':
    case 'hang_up':
      return { do: what };
  }
}
