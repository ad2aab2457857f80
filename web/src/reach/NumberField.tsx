import { ActionIcon, Button, Input, Pill, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useId, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
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
  onChange: (number: string) => void;
  onEnter?: () => void;
}

/** A number that is typed, or found by the name of who has it. */
export function NumberField({ label, hint, value, error, onChange, onEnter, ...input }: NumberFieldProps) {
  const list = useId();
  const { users, byNumber } = useDirectory();
  const people = users
    .filter(({ extension }) => extension !== null)
    .sort((a, b) => a.name.localeCompare(b.name));
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
        rightSection={<span className={classes.owner}>{byNumber(value)?.name}</span>}
        rightSectionWidth={byNumber(value) === undefined ? 30 : 150}
        rightSectionPointerEvents="none"
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        {...input}
      />
      <datalist id={list}>
        {people.map(({ id, name, extension }) => (
          <option key={id} value={extension ?? ''}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
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
