import { Button, NativeSelect } from '@mantine/core';
import {
  IconCircleCheck,
  IconHeadset,
  IconPlayerRecord,
  IconPlugConnectedX,
  IconVolume,
  IconVolumeOff,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../ui/Notice.tsx';
import classes from './Check.module.css';
import { Meter } from './MicrophoneQuestion.tsx';
import type { QuestionProps } from './Questions.tsx';

/** Whether the test sound is heard. */
export function SpeakerQuestion(props: QuestionProps) {
  const { t } = useTranslation();
  const { run, output, tell } = props;
  const { tone, speaker } = run.sound;
  const error = speaker?.error ?? null;
  const isPlayed = tone === 'played';
  return (
    <>
      <p>{t('check.speaker.ask')}</p>
      <OutputSelect {...props} />
      {error !== null && (
        <Notice tone="bad" role="alert" icon={<IconVolumeOff size={20} />}>
          {t('check.speaker.failed', { error })}
        </Notice>
      )}
      <div className={classes.answers}>
        <Button
          variant={isPlayed ? 'default' : 'filled'}
          leftSection={<IconVolume size={18} aria-hidden="true" />}
          disabled={tone === 'playing'}
          onClick={() => tell({ type: 'ToneWanted', device: output })}
        >
          {tone === 'playing'
            ? t('check.speaker.playing')
            : playWords(isPlayed, t('check.speaker.again'), t('check.speaker.play'))}
        </Button>
        {isPlayed && (
          <>
            <Button onClick={() => tell({ type: 'ToneAnswered', is_heard: true })}>
              {t('check.speaker.heard')}
            </Button>
            <Button variant="default" onClick={() => tell({ type: 'ToneAnswered', is_heard: false })}>
              {t('check.speaker.unheard')}
            </Button>
          </>
        )}
        <Skip tell={tell} />
      </div>
    </>
  );
}

/** Whether the person hears themselves. */
export function PlaybackQuestion(props: QuestionProps) {
  const { t } = useTranslation();
  const { run, check, output, tell } = props;
  const { recording } = run.sound;
  const isPlayed = recording === 'played';
  const isBusy = recording === 'recording' || recording === 'playing';
  return (
    <>
      <p>{t('check.playback.ask')}</p>
      <OutputSelect {...props} />
      {recording === 'recording' && <Meter level={() => check.instruments.sound.level()} />}
      <p role="status" className={recording === 'none' ? 'hidden-text' : undefined}>
        {recording === 'recording' && t('check.playback.recording')}
        {recording === 'playing' && t('check.playback.playing')}
        {recording === 'failed' && t('check.playback.failed')}
      </p>
      <div className={classes.answers}>
        <Button
          variant={isPlayed ? 'default' : 'filled'}
          leftSection={<IconPlayerRecord size={18} aria-hidden="true" />}
          disabled={isBusy}
          onClick={() => tell({ type: 'RecordingWanted', device: output })}
        >
          {playWords(isPlayed, t('check.playback.again'), t('check.playback.record'))}
        </Button>
        {isPlayed && (
          <>
            <Button onClick={() => tell({ type: 'RecordingAnswered', is_heard: true })}>
              {t('check.playback.heard')}
            </Button>
            <Button variant="default" onClick={() => tell({ type: 'RecordingAnswered', is_heard: false })}>
              {t('check.playback.unheard')}
            </Button>
          </>
        )}
        <Skip tell={tell} />
      </div>
    </>
  );
}

/** Whether the headset's button is noticed. */
export function HeadsetQuestion({ run, tell }: QuestionProps) {
  const { t } = useTranslation();
  const { headset } = run.sound;
  const name = headset?.name ?? '';
  switch (headset?.state) {
    case undefined:
      return (
        <>
          <p>{t('check.headset.ask')}</p>
          <div className={classes.answers}>
            <Button
              leftSection={<IconHeadset size={18} aria-hidden="true" />}
              onClick={() => tell({ type: 'HeadsetWanted' })}
            >
              {t('check.headset.choose')}
            </Button>
            <Skip tell={tell} />
          </div>
        </>
      );
    case 'unopened':
      return (
        <>
          <Notice tone="bad" role="alert" icon={<IconPlugConnectedX size={20} />}>
            {t('check.headset.unopened', { name })}
          </Notice>
          <div className={classes.answers}>
            <Button onClick={() => tell({ type: 'Skipped' })}>{t('check.headset.goOn')}</Button>
            <Button variant="default" onClick={() => tell({ type: 'HeadsetWanted' })}>
              {t('check.headset.choose')}
            </Button>
          </div>
        </>
      );
    case 'works':
      return (
        <>
          <Notice tone="calm" icon={<IconCircleCheck size={20} />}>
            {t('check.headset.works', { name })}
          </Notice>
          <div className={classes.answers}>
            <Button onClick={() => tell({ type: 'HeadsetAnswered', is_noticed: true })}>
              {t('check.headset.goOn')}
            </Button>
          </div>
        </>
      );
    case 'untried':
    case 'silent':
      return (
        <>
          <p role="status">{t('check.headset.press', { name })}</p>
          <div className={classes.answers}>
            <Button variant="default" onClick={() => tell({ type: 'HeadsetAnswered', is_noticed: false })}>
              {t('check.headset.silent')}
            </Button>
            <Skip tell={tell} />
          </div>
        </>
      );
  }
}

function OutputSelect({ devices, output, onOutput }: QuestionProps) {
  const { t } = useTranslation();
  if (devices.speakers.length < 2) return null;
  return (
    <NativeSelect
      label={t('check.speaker.device')}
      value={output ?? ''}
      data={[
        { value: '', label: t('check.microphone.default') },
        ...devices.speakers.map(({ id, label }) => ({ value: id, label })),
      ]}
      onChange={(event) => onOutput(event.currentTarget.value === '' ? null : event.currentTarget.value)}
    />
  );
}

function Skip({ tell }: Pick<QuestionProps, 'tell'>) {
  const { t } = useTranslation();
  return (
    <Button variant="default" onClick={() => tell({ type: 'Skipped' })}>
      {t('check.skip')}
    </Button>
  );
}

function playWords(isPlayed: boolean, again: string, first: string): string {
  return isPlayed ? again : first;
}
