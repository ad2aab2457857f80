import { ActionIcon, Button, Input, Pill, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useId, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { User } from '../api/types.ts';
import { useDirectory } from '../people/directory.ts';
import { plainNumber } from './forwards.ts';
import classes from './Reach.module.css';

interface NumberFieldProps {
  label: string;
  hint?: string;
  value: string;
  placeholder?: string;
  error?: string | undefined;
  disabled?: boolean;
  /** Whose numbers are offered; people's where nothing else is said. */
  among?: readonly { number: string; name: string }[];
  onChange: (number: string) => void;
  onEnter?: () => void;
}

/** A number that is typed, or found by the name of who has it. */
export function NumberField(props: NumberFieldProps) {
  const { label, hint, value, error, among, onChange, onEnter, ...input } = props;
  const list = useId();
  const { users } = useDirectory();
  const offered = among ?? numbersOf(users);
  const owner = offered.find(({ number }) => number === value)?.name;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || onEnter === undefined) return;
    event.preventDefault();
    onEnter();
  };
  return (
    <>
      <TextInput
        label={label}
        description={hint}
        list={list}
        value={value}
        error={error}
        autoComplete="off"
        spellCheck={false}
        rightSection={<span className={classes.owner}>{owner}</span>}
        rightSectionWidth={owner === undefined ? 30 : 150}
        rightSectionPointerEvents="none"
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        {...input}
      />
      <datalist id={list}>
        {offered.map(({ number, name }) => (
          <option key={number} value={number}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}

function numbersOf(users: readonly User[]): { number: string; name: string }[] {
  return users
    .flatMap(({ extension, name }) => (extension === null ? [] : [{ number: extension, name }]))
    .sort((a, b) => a.name.localeCompare(b.name));
}

interface NumbersFieldProps {
  label: string;
  hint?: string;
  numbers: readonly string[];
  error?: string | undefined;
  onChange: (numbers: string[]) => void;
}

/** Several numbers, each with its owner's name. */
export function NumbersField({ label, hint, numbers, error, onChange }: NumbersFieldProps) {
  const { t } = useTranslation();
  const { nameOf } = useDirectory();
  const [text, setText] = useState('');
  const number = plainNumber(text);
  const add = () => {
    if (number === '') return;
    setText('');
    if (!numbers.includes(number)) onChange([...numbers, number]);
  };
  return (
    <div className={classes.numbers}>
      {numbers.length > 0 && (
        <ul aria-label={label}>
          {numbers.map((each) => {
            const name = nameOf({ number: each, name: null });
            return (
              <li key={each}>
                <Pill size="lg" className={classes.pill}>
                  {name === each ? each : `${name} (${each})`}
                  <ActionIcon
                    variant="transparent"
                    color="gray"
                    c="var(--ink)"
                    size={24}
                    aria-label={t('reach.removeNumber', { number: name })}
                    onClick={() => onChange(numbers.filter((other) => other !== each))}
                  >
                    <IconX size={15} />
                  </ActionIcon>
                </Pill>
              </li>
            );
          })}
        </ul>
      )}
      <div className={classes.addNumber}>
        <div>
          <NumberField
            label={label}
            {...(hint === undefined ? {} : { hint })}
            value={text}
            onChange={setText}
            onEnter={add}
          />
        </div>
        <Button
          variant="default"
          leftSection={<IconPlus size={17} aria-hidden="true" />}
          disabled={number === ''}
          onClick={add}
        >
          {t('reach.addNumber')}
        </Button>
      </div>
      {error !== undefined && <Input.Error role="alert">{error}</Input.Error>}
    </div>
  );
}
