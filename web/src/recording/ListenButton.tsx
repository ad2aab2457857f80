import { ActionIcon } from '@mantine/core';
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../backend.ts';
import type { Track } from './player.ts';
import { usePlaying } from './usePlayer.ts';

/** Plays one sound, or pauses it. `name`: whose or what it is. */
export function ListenButton({ track, name }: { track: Track; name: string }) {
  const { t } = useTranslation();
  const { player } = useBackend();
  const playing = usePlaying(track.url);
  const isOn = playing === 'playing' || playing === 'loading';
  // A recording's player says so itself.
  const isFailed = playing === 'failed' && track.heard === null;
  return (
    <ActionIcon
      color={isFailed ? 'signal' : undefined}
      title={isFailed ? t('player.failed') : undefined}
      variant={playing === 'not' ? 'light' : 'filled'}
      radius="xl"
      size={36}
      loading={playing === 'loading'}
      aria-label={t(isOn ? 'recordings.pause' : 'recordings.listen', { name })}
      onClick={() => (isOn ? player.pause() : player.play(track))}
    >
      {isOn ? <IconPlayerPauseFilled size={17} /> : <IconPlayerPlayFilled size={17} />}
    </ActionIcon>
  );
}
