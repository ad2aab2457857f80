import { ActionIcon, FileButton, Progress, SegmentedControl } from '@mantine/core';
import { IconMessage2, IconRestore, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Prompt, Spoken } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { formatDuration } from '../../phone/number.ts';
import { ListenButton } from '../../recording/ListenButton.tsx';
import { Tag } from '../../ui/Tag.tsx';
import { DataList, RowButton } from '../DataTable.tsx';
import { Failure } from '../Dialog.tsx';
import { SelectField } from '../fields.tsx';
import outside from '../outside/Outside.module.css';
import { Section } from '../outside/Section.tsx';
import classes from './Attendant.module.css';
import { useChange, usePrompts, useUpload } from './queries.ts';
import { SOUNDS, UploadFailure } from './UploadZone.tsx';

const SPOKEN: readonly Spoken[] = ['en', 'de'];

/** What farend itself says, in which language, and in whose voice. */
export function Prompts() {
  const { t } = useTranslation();
  const { api, player } = useBackend();
  const prompts = usePrompts();
  const [shown, setShown] = useState<Spoken | null>(null);
  const speak = useChange((language: Spoken) => api.speak(language));
  const reset = useChange(
    ({ language, name }: Prompt) => api.resetPrompt(language, name),
    () => player.stop(),
  );
  const company = prompts.data?.language ?? 'en';
  const language = shown ?? company;
  const languages = SPOKEN.map((value) => ({ value, label: t(`attendant.language.${value}`) }));
  return (
    <Section id="prompts" title={t('attendant.prompts')} text={t('attendant.promptsText')}>
      {prompts.data !== undefined && (
        <div className={`${outside.body ?? ''} ${classes.languages ?? ''}`}>
          <SelectField
            label={t('attendant.companyLanguage')}
            value={company}
            data={languages}
            onChange={(value) => speak.mutate(SPOKEN.find((each) => each === value) ?? 'en')}
          />
          <SegmentedControl
            aria-label={t('attendant.shownLanguage')}
            data={languages}
            value={language}
            onChange={(value) => setShown(SPOKEN.find((each) => each === value) ?? null)}
          />
          <Failure error={speak.error ?? reset.error} />
        </div>
      )}
      <DataList
        query={prompts}
        empty={{ icon: <IconMessage2 />, title: t('attendant.prompts') }}
        items={(prompts.data?.prompts ?? []).filter((each) => each.language === language)}
        keyOf={(prompt) => `${prompt.language} ${prompt.name}`}
        columns={[
          { title: t('attendant.promptSays'), plain: true, cell: (prompt) => <Says prompt={prompt} /> },
          {
            title: t('recordings.length'),
            className: 'figures',
            cell: ({ duration_ms }) => formatDuration(duration_ms),
          },
        ]}
        actions={(prompt) => (
          <>
            <RowButton
              icon={IconRestore}
              label={t('attendant.resetPrompt', { text: prompt.text })}
              hidden={!prompt.is_replaced}
              onClick={() => reset.mutate(prompt)}
            />
            <Replace prompt={prompt} />
          </>
        )}
      />
    </Section>
  );
}

function Says({ prompt: { language, name, text, is_replaced } }: { prompt: Prompt }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  return (
    <span className={classes.says}>
      <ListenButton track={{ url: api.promptAudio(language, name), heard: null }} name={text} />
      <span lang={language}>{text}</span>
      {is_replaced && <Tag tone="accent">{t('attendant.replaced')}</Tag>}
    </span>
  );
}

/** Puts a recording of one's own in its place. */
function Replace({ prompt: { language, name, text } }: { prompt: Prompt }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const upload = useUpload((file, onProgress) => api.replacePrompt(language, name, file, onProgress));
  const label = t('attendant.replacePrompt', { text });
  return (
    <div className={classes.replace}>
      <FileButton
        accept={SOUNDS}
        inputProps={{ 'aria-label': label }}
        onChange={(file) => file !== null && upload.start(file)}
      >
        {(props) => (
          <ActionIcon variant="subtle" size={36} loading={upload.part !== null} aria-label={label} {...props}>
            <IconUpload size={19} />
          </ActionIcon>
        )}
      </FileButton>
      {upload.part !== null && <Progress value={100 * upload.part} aria-label={t('attendant.uploading')} />}
      <UploadFailure error={upload.error} />
    </div>
  );
}
