/** Parts that the forms of this page share. */
import { Button, Checkbox, Modal, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { ReactNode, SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useErrorWords } from '../../ui/errors.ts';
import { Notice } from '../../ui/Notice.tsx';
import form from '../Admin.module.css';
import { CLASSES, chosenOf, type Chosen } from './classes.ts';
import classes from './Outside.module.css';

interface FieldProps {
  label: string;
  hint?: ReactNode;
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  first?: boolean;
}

export function TextField({
  label,
  hint,
  value,
  onChange,
  error,
  first,
  ...input
}: FieldProps & { inputMode?: 'numeric' | 'tel'; placeholder?: string }) {
  return (
    <TextInput
      label={label}
      description={hint}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      data-autofocus={first}
      {...input}
    />
  );
}

/** A password that only goes in. */
export function SecretField({ label, hint, value, onChange, error }: FieldProps) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      label={label}
      description={hint}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
      autoComplete="new-password"
      visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
    />
  );
}

export interface Choice {
  value: string;
  label: string;
}

export function SelectField({
  label,
  hint,
  value,
  onChange,
  error,
  first,
  data,
}: FieldProps & { data: (Choice | { group: string; items: Choice[] })[] }) {
  return (
    <NativeSelect
      label={label}
      description={hint}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
      data={data}
      data-autofocus={first}
    />
  );
}

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

interface FormDialogProps {
  title: string;
  /** What the button says. */
  submit: string;
  pending: boolean;
  /** What no field shows. */
  error: Error | null;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** A form in a dialog with its two buttons. */
export function FormDialog({ title, submit, pending, error, onSubmit, onClose, children }: FormDialogProps) {
  const { t } = useTranslation();
  const errorWords = useErrorWords();
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <form className={form.form} onSubmit={send} noValidate>
        {children}
        {error !== null && (
          <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
            {errorWords(error)}
          </Notice>
        )}
        <div className={form.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('app.cancel')}
          </Button>
          <Button type="submit" loading={pending}>
            {submit}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
