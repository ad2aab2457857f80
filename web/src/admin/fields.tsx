/** Fields that the forms of the administration share. */
import { NativeSelect, PasswordInput, TextInput, type TextInputProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

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
}: FieldProps &
  Pick<TextInputProps, 'type' | 'inputMode' | 'placeholder' | 'autoCapitalize' | 'inputContainer'>) {
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
