import { FileButton, Button, Progress } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from '../Dialog.tsx';
import classes from './Attendant.module.css';
import { TooLarge } from './queries.ts';

/** What file dialogs offer. */
export const SOUNDS = 'audio/*,.wav,.mp3,.flac,.ogg,.oga,.m4a,.aac';
const NAME_LENGTH_MAX = 80;

/** `greeting.final.mp3` is “greeting.final”. */
export function nameOfFile({ name }: File): string {
  return name.replace(/\.[^.]*$/, '').slice(0, NAME_LENGTH_MAX) || name.slice(0, NAME_LENGTH_MAX);
}

interface UploadZoneProps {
  /** How much has gone out; `null`: nothing is on its way. */
  part: number | null;
  error: Error | null;
  onFile: (file: File) => void;
}

/** Where a sound is dropped, or chosen. */
export function UploadZone({ part, error, onFile }: UploadZoneProps) {
  const { t } = useTranslation();
  const [isOver, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file !== undefined && part === null) onFile(file);
  };
  return (
    <div className={classes.upload}>
      {/* Dropping is the mouse's way; the button is everybody's. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        className={classes.zone}
        data-over={isOver}
        role="group"
        aria-label={t('attendant.upload')}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <IconUpload size={24} aria-hidden="true" />
        <p>
          <strong>{t('attendant.drop')}</strong>
          <span>{t('attendant.dropHint')}</span>
        </p>
        <FileButton
          accept={SOUNDS}
          inputProps={{ 'aria-label': t('attendant.chooseFile') }}
          onChange={(file) => file !== null && onFile(file)}
        >
          {(props) => (
            <Button variant="default" disabled={part !== null} {...props}>
              {t('attendant.chooseFile')}
            </Button>
          )}
        </FileButton>
      </div>
      {part !== null && <Progress value={100 * part} aria-label={t('attendant.uploading')} />}
      <UploadFailure error={error} />
    </div>
  );
}

/** Why a file was not taken. */
export function UploadFailure({ error }: { error: Error | null }) {
  const { t } = useTranslation();
  if (error instanceof TooLarge) {
    return (
      <p className={classes.wrong} role="alert">
        {t('attendant.tooLarge')}
      </p>
    );
  }
  return <Failure error={error} />;
}
