import { Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Hears, RecordingPermission } from '../../api/types.ts';
import { SelectField } from '../fields.tsx';

const HEARS: readonly Hears[] = ['none', 'own', 'all'];

interface PermissionFieldsProps {
  permission: RecordingPermission;
  onChange: (permission: RecordingPermission) => void;
}

/** Whether a person may record their calls, and whose recordings they may hear. */
export function PermissionFields({ permission, onChange }: PermissionFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Checkbox
        label={t('recordingAdmin.mayRecord')}
        description={t('recordingAdmin.mayRecordHint')}
        checked={permission.may_record}
        onChange={(event) => onChange({ ...permission, may_record: event.currentTarget.checked })}
      />
      <SelectField
        label={t('recordingAdmin.hears')}
        hint={t('recordingAdmin.hearsHint')}
        value={permission.hears}
        data={HEARS.map((value) => ({ value, label: t(`recordingAdmin.hear.${value}`) }))}
        onChange={(value) =>
          onChange({ ...permission, hears: HEARS.find((each) => each === value) ?? 'none' })
        }
      />
    </>
  );
}
