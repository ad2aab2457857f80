import { Button, NativeSelect } from '@mantine/core';
import { IconCircleCheck, IconMicrophone, IconMicrophoneOff } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { browserOf } from '../call/words.ts';
import type { MicrophoneProblem } from '../phone/calls.ts';
import { Notice } from '../ui/Notice.tsx';
import classes from './Check.module.css';
import type { QuestionProps } from './Questions.tsx';

/** Somebody who speaks is louder than this, in dBFS. */
const SPOKEN_DBFS = -40;

export function MicrophoneQuestion(props: QuestionProps) {
  const { t } = useTranslation();
  const { run, tell } = props;
  const { opening } = run.sound;
  const skip = (
    <Button variant="default" onClick={() => tell({ type: 'Skipped' })}>
      {t('check.skip')}
    </Button>
  );
  switch (opening.is) {
    case 'closed':
    case 'asking':
      return (
        <>
          <Notice tone="calm" icon={<IconMicrophone size={20} />}>
            {t('check.microphone.asking')}
          </Notice>
          <div className={classes.answers}>{skip}</div>
        </>
      );
    case 'refused':
      return <RefusedMicrophone problem={opening.problem} tell={tell} />;
    case 'open':
      return <OpenMicrophone {...props} />;
  }
}

function RefusedMicrophone({ problem, tell }: { problem: MicrophoneProblem; tell: QuestionProps['tell'] }) {
  const { t } = useTranslation();
  return (
    <>
      <Notice
        tone="bad"
        role="alert"
        icon={<IconMicrophoneOff size={20} />}
        title={`${t(`check.microphone.problem.${problem}`)}.`}
      >
        {problem === 'denied'
          ? t(`check.microphone.deniedFix.${browserOf(navigator.userAgent)}`)
          : t(`check.microphone.fix.${problem}`)}
      </Notice>
      <div className={classes.answers}>
        {problem !== 'insecure' && (
          <Button onClick={() => tell({ type: 'MicrophoneWanted', device: null })}>
            {t('check.microphone.again')}
          </Button>
        )}
        <Button variant="default" onClick={() => tell({ type: 'Skipped' })}>
          {t('check.microphone.without')}
        </Button>
      </div>
    </>
  );
}

function OpenMicrophone({ run, check, devices, tell }: QuestionProps) {
  const { t } = useTranslation();
  const [device, setDevice] = useState('');
  const { microphone } = run.sound;
  if (microphone === null) return null;
  const { is_muted, has_ended, peak_dbfs } = microphone;
  const isHeard = peak_dbfs !== null && peak_dbfs >= SPOKEN_DBFS;
  const choose = (id: string) => {
    setDevice(id);
    tell({ type: 'MicrophoneWanted', device: id === '' ? null : id });
  };
  return (
    <>
      <p>{t('check.microphone.ask')}</p>
      {devices.microphones.length > 1 && (
        <NativeSelect
          label={t('check.microphone.device')}
          value={device}
          data={[
            { value: '', label: t('check.microphone.default') },
            ...devices.microphones.map(({ id, label }) => ({ value: id, label })),
          ]}
          onChange={(event) => choose(event.currentTarget.value)}
        />
      )}
      <Meter level={() => check.instruments.sound.level()} />
      {has_ended || is_muted ? (
        <Notice tone="bad" role="alert" icon={<IconMicrophoneOff size={20} />}>
          {has_ended ? t('check.microphone.ended') : t('check.microphone.muted')}
        </Notice>
      ) : (
        <Notice tone="calm" icon={isHeard ? <IconCircleCheck size={20} /> : <IconMicrophone size={20} />}>
          {isHeard ? t('check.microphone.heard') : t('check.microphone.quiet')}
        </Notice>
      )}
      <div className={classes.answers}>
        <Button variant={isHeard ? 'filled' : 'light'} onClick={() => tell({ type: 'Spoken' })}>
          {t('check.microphone.spoken')}
        </Button>
        {has_ended && (
          <Button variant="default" onClick={() => choose(device)}>
            {t('check.microphone.again')}
          </Button>
        )}
        <Button variant="default" onClick={() => tell({ type: 'Skipped' })}>
          {t('check.skip')}
        </Button>
      </div>
    </>
  );
}

/** A bar that moves when the person speaks. */
export function Meter({ level }: { level: () => number }) {
  const { t } = useTranslation();
  const bar = useRef<HTMLDivElement>(null);
  const latest = useRef(level);
  useEffect(() => {
    latest.current = level;
  });
  useEffect(() => {
    let frame = 0;
    const draw = () => {
      const now = latest.current();
      bar.current?.style.setProperty('--level', now.toFixed(3));
      bar.current?.setAttribute('aria-valuenow', String(Math.round(100 * now)));
      frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <div
      ref={bar}
      className={classes.level}
      role="meter"
      aria-label={t('check.microphone.level')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
    >
      <span />
    </div>
  );
}
