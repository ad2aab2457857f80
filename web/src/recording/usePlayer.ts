import { useSyncExternalStore } from 'react';
import { useBackend } from '../backend.ts';
import type { PlayerState } from './player.ts';

export function usePlayerState(): PlayerState {
  const { player } = useBackend();
  return useSyncExternalStore(
    (changed) => player.subscribe(changed),
    () => player.state(),
  );
}

/** How the player is with one sound. */
export function usePlaying(url: string): 'not' | PlayerState['is'] {
  const { player } = useBackend();
  return useSyncExternalStore(
    (changed) => player.subscribe(changed),
    () => (player.state().track?.url === url ? player.state().is : 'not'),
  );
}
