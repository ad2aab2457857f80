import { Button, Loader } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { noDevices, type AudioDevices } from '../phone/media/devices.ts';
import classes from './Check.module.css';
import { MicrophoneQuestion } from './MicrophoneQuestion.tsx';
import { HeadsetQuestion, PlaybackQuestion, SpeakerQuestion } from './OtherQuestions.tsx';
import type { Question, Run } from './state/run.ts';
import type { SoundEvent } from './state/sound.ts';
import type { CheckEvent } from './state.ts';
import type { CheckBackend } from './useCheck.ts';

export interface QuestionProps {
  run: Run;
  check: CheckBackend;
  devices: AudioDevices;
  /** The output that the person has chosen; `null`: the computer's own. */
  output: string | null;
  onOutput: (output: string | null) => void;
  tell: (event: SoundEvent) => void;
}

/** What the person is asked meanwhile: one question at a time, each of which can be skipped. */
export function Questions({
  run,
  check,
  dispatch,
}: {
  run: Run;
  check: CheckBackend;
  dispatch: (event: CheckEvent) => void;
}) {
  const { t } = useTranslation();
  const { questions, opening } = run.sound;
  const { sound, clock } = check.instruments;
  const [asked] = useState(questions.length);
  const [output, setOutput] = useState<string | null>(null);
  const [devices, setDevices] = useState<AudioDevices>(noDevices);
  const [question] = questions;
  // Browsers tell the names of devices once the microphone may be used.
  useEffect(() => {
    let isGone = false;
    void sound.devices().then((found) => {
      if (!isGone) setDevices(found);
    });
    return () => {
      isGone = true;
    };
  }, [sound, opening.is, question]);
  const tell = (event: SoundEvent) => dispatch({ ...event, at: clock.now() });
  if (question === undefined) {
    return (
      <section className={classes.card}>
        <Loader type="dots" aria-hidden="true" />
        <p role="status">{t('check.waitsForLine')}</p>
      </section>
    );
  }
  const props = { run, check, devices, output, onOutput: setOutput, tell };
  return (
    <section className={classes.card} aria-labelledby="check-question">
      <div className={classes.top}>
        <Heading question={question} />
        <span className={classes.soft}>
          {t('check.question', { number: Math.max(1, asked - questions.length + 1), count: asked })}
        </span>
      </div>
      <Asked question={question} {...props} />
      {questions.length > 1 && (
        <div>
          <Button variant="subtle" size="compact-sm" onClick={() => tell({ type: 'AllSkipped' })}>
            {t('check.skipAll')}
          </Button>
        </div>
      )}
    </section>
  );
}

/** Has the focus when another question begins, because the button that led to it is gone. */
function Heading({ question }: { question: Question }) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [question]);
  const words: Record<Question, string> = {
    microphone: t('check.microphone.title'),
    speaker: t('check.speaker.title'),
    playback: t('check.playback.title'),
    headset: t('check.headset.title'),
  };
  return (
    <h2 id="check-question" ref={heading} tabIndex={-1}>
      {words[question]}
    </h2>
  );
}

function Asked({ question, ...props }: QuestionProps & { question: Question }): ReactNode {
  switch (question) {
    case 'microphone':
      return <MicrophoneQuestion {...props} />;
    case 'speaker':
      return <SpeakerQuestion {...props} />;
    case 'playback':
      return <PlaybackQuestion {...props} />;
    case 'headset':
      return <HeadsetQuestion {...props} />;
  }
}
