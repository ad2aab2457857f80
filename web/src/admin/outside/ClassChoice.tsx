import { Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CLASSES, chosenOf, type Chosen } from './classes.ts';
import classes from './Outside.module.css';

interface ClassChoiceProps {
  label: string;
  value: readonly string[];
  onChange: (value: Chosen[]) => void;
}

/** Classes of numbers, cheapest first. */
export function ClassChoice({ label, value, onChange }: ClassChoiceProps) {
  const { t } = useTranslation();
  return (
    <fieldset className={classes.group}>
      <legend>{label}</legend>
      <div className={classes.choices}>
        {CLASSES.map((each) => (
          <Checkbox
            key={each}
            label={t(`outside.class.${each}`)}
            description={t(`outside.classHint.${each}`)}
            checked={value.includes(each)}
            onChange={(event) => {
              const others = value.filter((other) => other !== each);
              onChange(chosenOf(event.currentTarget.checked ? [...others, each] : others));
            }}
          />
        ))}
      </div>
    </fieldset>
  );
}
