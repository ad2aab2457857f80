import { ActionIcon, Button, NativeSelect } from '@mantine/core';
import {
  IconDownload,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRewindBackward10,
  IconRewindForward10,
  IconTrash,
  IconX,
} from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../api/client.ts';
import type { RecordedParty } from '../api/types.ts';
import { useBackend, usePhoneState } from '../backend.ts';
import { localeOf } from '../i18n/i18n.ts';
import { useDirectory } from '../people/directory.ts';
import { liveCalls } from '../phone/calls.ts';
import { formatDuration } from '../phone/number.ts';
import { momentWords } from '../ui/moment.ts';
import { DeleteRecording } from './DeleteRecording.tsx';
import { SPEEDS, type Heard } from './player.ts';
import classes from './Player.module.css';
import { usePeaks, useWhole } from './queries.ts';
import { speakersAt } from './shape.ts';
import { usePlayerState } from './usePlayer.ts';
import { Waveform } from './Waveform.tsx';

const JUMP_S = 10;

/** What one listens to, below every page, until it is closed. */
export function PlayerDock() {
  const { track } = usePlayerState();
  usePauseForCalls();
  if (track?.heard == null) return null;
  return <Dock key={track.heard.id} heard={track.heard} />;
}

/** Nobody listens to two at once. */
function usePauseForCalls(): void {
  const { player } = useBackend();
  const isCalling = liveCalls(usePhoneState()).some(({ phase }) => phase !== 'ringing');
  useEffect(() => {
    if (isCalling) player.pause();
  }, [isCalling, player]);
}

function Dock({ heard: known }: { heard: Heard }) {
  const { t } = useTranslation();
  const heard = useWhole(known);
  const { player } = useBackend();
  const { is, at_s, length_s } = usePlayerState();
  const peaks = usePeaks(heard.id);
  const [isDeleting, setDeleting] = useState(false);
  const whole_s = length_s ?? heard.duration_ms / 1_000;
  const isGone = peaks.error instanceof Refused && peaks.error.status === 404;
  const isOn = is === 'playing' || is === 'loading';
  useEffect(() => {
    if (isGone) player.pause();
  }, [isGone, player]);
  return (
    <section className={classes.dock} aria-label={t('player.label')}>
      <div className={classes.keys}>
        <ActionIcon
          variant="subtle"
          size={40}
          aria-label={t('player.back')}
          disabled={isGone}
          onClick={() => player.seek(at_s - JUMP_S)}
        >
          <IconRewindBackward10 size={22} />
        </ActionIcon>
        <ActionIcon
          radius="xl"
          size={46}
          loading={is === 'loading' && !isGone}
          disabled={isGone}
          aria-label={isOn ? t('player.pause') : t('player.play')}
          onClick={() => player.toggle()}
        >
          {isOn ? <IconPlayerPauseFilled size={21} /> : <IconPlayerPlayFilled size={21} />}
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          size={40}
          aria-label={t('player.on')}
          disabled={isGone}
          onClick={() => player.seek(at_s + JUMP_S)}
        >
          <IconRewindForward10 size={22} />
        </ActionIcon>
      </div>
      <div className={classes.middle}>
        <Who heard={heard} at_s={at_s} whole_s={whole_s} />
        {isGone ? (
          <p className={classes.trouble} role="alert">
            {t('player.gone')}
          </p>
        ) : (
          <>
            <Waveform
              peaks={peaks.data ?? null}
              at_s={at_s}
              length_s={whole_s}
              onSeek={(to_s) => player.seek(to_s)}
              onToggle={() => player.toggle()}
            />
            {is === 'failed' && <Failed />}
            {is !== 'failed' && peaks.isError && <p className={classes.hint}>{t('player.noShape')}</p>}
          </>
        )}
      </div>
      <Tools heard={heard} isGone={isGone} onDelete={() => setDeleting(true)} />
      {isDeleting && <DeleteRecording heard={heard} onClose={() => setDeleting(false)} />}
    </section>
  );
}

function Failed() {
  const { t } = useTranslation();
  const { player } = useBackend();
  return (
    <p className={classes.trouble} role="alert">
      {t('player.failed')}{' '}
      <Button size="compact-sm" variant="default" onClick={() => player.toggle()}>
        {t('app.retry')}
      </Button>
    </p>
  );
}

/** Both sides, and which of them speaks here. */
function Who({ heard, at_s, whole_s }: { heard: Heard; at_s: number; whole_s: number }) {
  const { t, i18n } = useTranslation();
  const { nameOf } = useDirectory();
  const peaks = usePeaks(heard.id).data;
  const { is } = usePlayerState();
  const speaks =
    peaks === undefined || is !== 'playing' ? { own: false, others: false } : speakersAt(peaks, at_s);
  const side = (party: RecordedParty | null, which: 'own' | 'others') => (
    <span className={classes.side} data-side={which} data-speaks={speaks[which]}>
      <span className={classes.dot} aria-hidden="true" />
      <strong className="clip">{party === null ? '…' : nameOf(party)}</strong>
      {speaks[which] && <span className="hidden-text">{t('player.speaks')}</span>}
    </span>
  );
  return (
    <div className={classes.who}>
      {side(heard.own, 'own')}
      {side(heard.other, 'others')}
      <span className={`${classes.when ?? ''} figures`}>
        {momentWords(heard.started_at, new Date(), localeOf(i18n.language))}
      </span>
      <span className={`${classes.time ?? ''} figures`}>
        {formatDuration(1_000 * at_s)} / {formatDuration(1_000 * whole_s)}
      </span>
    </div>
  );
}

interface ToolsProps {
  heard: Heard;
  isGone: boolean;
  onDelete: () => void;
}

function Tools({ heard, isGone, onDelete }: ToolsProps) {
  const { t } = useTranslation();
  const { api, player } = useBackend();
  const { speed } = usePlayerState();
  return (
    <div className={classes.tools}>
      <NativeSelect
        size="xs"
        aria-label={t('player.speed')}
        value={String(speed)}
        data={SPEEDS.map((each) => ({ value: String(each), label: t('player.times', { speed: each }) }))}
        onChange={(event) => {
          const chosen = Number(event.currentTarget.value);
          player.setSpeed(SPEEDS.find((each) => each === chosen) ?? 1);
        }}
      />
      {!isGone && (
        <>
          <ActionIcon
            component="a"
            variant="subtle"
            size={36}
            href={`${api.recordingAudio(heard.id)}?download=1`}
            download
            aria-label={t('player.download')}
          >
            <IconDownload size={19} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="signal"
            size={36}
            aria-label={t('player.delete')}
            onClick={onDelete}
          >
            <IconTrash size={19} />
          </ActionIcon>
        </>
      )}
      <ActionIcon variant="subtle" size={36} aria-label={t('player.close')} onClick={() => player.stop()}>
        <IconX size={20} />
      </ActionIcon>
    </div>
  );
}
