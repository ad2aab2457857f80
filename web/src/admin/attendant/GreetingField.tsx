import { Button, FileButton, Progress } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Spoken } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { ListenButton } from '../../recording/ListenButton.tsx';
import { SelectField } from '../fields.tsx';
import classes from './Attendant.module.css';
import { SOUNDS, nameOfFile, UploadFailure } from './UploadZone.tsx';
import { useAnnouncements, usePrompts, useUpload } from './queries.ts';

interface GreetingFieldProps {
  label: string;
  value: number | null;
  /** What farend says instead. */
  prompt: 'welcome' | 'closed';
  language: Spoken | null;
  onChange: (id: number | null) => void;
}

/** What callers hear: what farend says, or an announcement, which can be uploaded here. */
export function GreetingField({ label, value, prompt, language, onChange }: GreetingFieldProps) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const announcements = useAnnouncements().data ?? [];
  const prompts = usePrompts().data;
  const spoken = language ?? prompts?.language ?? 'en';
  const own = prompts?.prompts.find((each) => each.name === prompt && each.language === spoken)?.text;
  const upload = useUpload(
    (file, onProgress) => api.addAnnouncement(nameOfFile(file), file, onProgress),
    ({ id }) => onChange(id),
  );
  const ours = own === undefined ? t('attendant.ownGreeting') : t('attendant.ours', { text: own });
  const url = value === null ? api.promptAudio(spoken, prompt) : api.announcementAudio(value);
  return (
    <div className={classes.greeting}>
      <div className={classes.choose}>
        <SelectField
          label={label}
          value={value === null ? '' : String(value)}
          data={[
            { value: '', label: ours },
            ...announcements.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
          onChange={(id) => onChange(id === '' ? null : Number(id))}
        />
        <ListenButton track={{ url, heard: null }} name={label} />
        <FileButton
          accept={SOUNDS}
          inputProps={{ 'aria-label': `${label}: ${t('attendant.upload')}` }}
          onChange={(file) => file !== null && upload.start(file)}
        >
          {(props) => (
            <Button
              variant="default"
              leftSection={<IconUpload size={17} aria-hidden="true" />}
              loading={upload.part !== null}
              {...props}
            >
              {t('attendant.upload')}
            </Button>
          )}
        </FileButton>
      </div>
      {upload.part !== null && <Progress value={100 * upload.part} aria-label={t('attendant.uploading')} />}
      <UploadFailure error={upload.error} />
    </div>
  );
}
