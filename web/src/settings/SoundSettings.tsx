import { Button, NativeSelect } from '@mantine/core';
import { IconHeartbeat, IconMicrophone, IconMicrophoneOff, IconVolume } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMedia, useMediaState } from '../backend.ts';
import { useMicrophoneWords } from '../call/words.ts';
import { MicrophoneError, type MicrophoneTest } from '../phone/media.ts';
import { resolveChoice, type AudioDevice, type DeviceKind } from '../phone/media/devices.ts';
import type { MicrophoneProblem } from '../phone/calls.ts';
import { Notice } from '../ui/Notice.tsx';
import classes from './Settings.module.css';

export function SoundSettings() {
  const { t } = useTranslation();
  const media = useMedia();
  const { devices } = useMediaState();
  const choosable = devices.speakers.length > 0;
  return (
    <section className={classes.card} aria-labelledby="sound">
      <h2 id="sound">{t('settings.sound')}</h2>
      <div className={classes.device}>
        <DeviceSelect kind="microphone" label={t('settings.microphone')} list={devices.microphones} />
        <MicrophoneMeter />
        {devices.microphones.length === 0 && <p className={classes.hint}>{t('settings.namesHidden')}</p>}
      </div>
      {choosable ? (
        <>
          <div className={classes.device}>
            <DeviceSelect kind="speaker" label={t('settings.speaker')} list={devices.speakers} />
            <TestTone label={t('settings.speaker')} onPlay={() => media.playTestTone('speaker')} />
          </div>
          <div className={classes.device}>
            <DeviceSelect
              kind="ringer"
              label={t('settings.ringer')}
              list={devices.speakers}
              hint={t('settings.ringerHint')}
            />
            <TestTone label={t('settings.ringer')} onPlay={() => media.playTestTone('ringer')} />
          </div>
        </>
      ) : (
        <div className={classes.device}>
          <p className={classes.hint}>{t('settings.noChoice')}</p>
          <TestTone label={t('settings.speaker')} onPlay={() => media.playTestTone('speaker')} />
        </div>
      )}
      <div className={classes.device}>
        <p className={classes.hint}>{t('check.openText')}</p>
        <div className={classes.test}>
          <Button
            component="a"
            href="#/check"
            variant="default"
            leftSection={<IconHeartbeat size={18} aria-hidden="true" />}
          >
            {t('check.open')}
          </Button>
        </div>
      </div>
    </section>
  );
}

interface DeviceSelectProps {
  kind: DeviceKind;
  label: string;
  list: readonly AudioDevice[];
  hint?: string;
}

function DeviceSelect({ kind, label, list, hint }: DeviceSelectProps) {
  const { t } = useTranslation();
  const media = useMedia();
  const { choices } = useMediaState();
  const choice = choices[kind];
  const present = resolveChoice(choice, list);
  const options = [
    { value: '', label: t('settings.default') },
    ...list.map((device) => ({ value: device.id, label: device.label })),
  ];
  // What was chosen and is not there stays chosen, for when it comes back.
  if (choice !== null && present === null) {
    options.push({ value: choice.id, label: t('settings.unplugged', { label: choice.label }) });
  }
  return (
    <NativeSelect
      size="md"
      label={label}
      description={hint}
      data={options}
      value={present?.id ?? choice?.id ?? ''}
      onChange={(event) =>
        media.choose(kind, event.currentTarget.value === '' ? null : event.currentTarget.value)
      }
    />
  );
}

function TestTone({ label, onPlay }: { label: string; onPlay: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.test}>
      <Button variant="default" leftSection={<IconVolume size={18} aria-hidden="true" />} onClick={onPlay}>
        {t('settings.testTone')}
        <span className="hidden-text">: {label}</span>
      </Button>
    </div>
  );
}

/** A bar that moves when the person speaks. */
function MicrophoneMeter() {
  const { t } = useTranslation();
  const media = useMedia();
  const words = useMicrophoneWords();
  const [test, setTest] = useState<MicrophoneTest | null>(null);
  const [problem, setProblem] = useState<MicrophoneProblem | null>(null);
  const bar = useRef<HTMLDivElement>(null);
  const gone = useRef(false);

  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);

  useEffect(() => {
    if (test === null) return undefined;
    let frame = 0;
    const draw = () => {
      const level = test.level();
      bar.current?.style.setProperty('--level', level.toFixed(3));
      bar.current?.setAttribute('aria-valuenow', String(Math.round(100 * level)));
      frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
    return () => {
      cancelAnimationFrame(frame);
      test.stop();
    };
  }, [test]);

  const start = async () => {
    setProblem(null);
    try {
      const begun = await media.testMicrophone();
      // Nobody would stop it any more.
      if (gone.current) begun.stop();
      else setTest(begun);
    } catch (error) {
      setProblem(error instanceof MicrophoneError ? error.problem : 'failed');
    }
  };
  return (
    <>
      <div className={classes.test}>
        <Button
          variant="default"
          leftSection={<IconMicrophone size={18} aria-hidden="true" />}
          onClick={() => (test === null ? void start() : setTest(null))}
        >
          {test === null ? t('settings.testMicrophone') : t('settings.stopTest')}
        </Button>
        {test !== null && (
          <div
            ref={bar}
            className={classes.level}
            role="meter"
            aria-label={t('settings.level')}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={0}
          >
            <span />
          </div>
        )}
      </div>
      {test !== null && <p className={classes.hint}>{t('settings.levelHint')}</p>}
      {problem !== null && (
        <Notice
          tone="bad"
          role="alert"
          icon={<IconMicrophoneOff size={20} />}
          title={`${words(problem).what}.`}
        >
          {words(problem).fix}
        </Notice>
      )}
    </>
  );
}
