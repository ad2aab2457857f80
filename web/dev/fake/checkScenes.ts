/** Scenes of the audio check; the page begins when somebody presses the button. */
import type { CheckWorld } from './check.ts';
import type { Scene } from './scenes.ts';

/** Slow enough that a picture finds it under way. */
const SLOW = 0.25;

export const checkScenes: Record<string, Scene> = {
  'check-ready': checks({}),
  'check-running': checks({ time: SLOW }),
  'check-asking': checks({ hesitates: true }),
  'check-good': checks({ time: 'at_once' }),
  'check-poor': checks({ time: 'at_once', network: 'blocked' }),
  'check-no-microphone': checks({ time: 'at_once', microphone: 'missing' }),
  'check-unsent': checks({ time: 'at_once', isAway: true }),
  'check-elsewhere': checks({ isElsewhere: true }),
  'check-old-browser': checks({
    time: 'at_once',
    abilities: {
      browser: {
        name: 'Firefox 42',
        system: 'Windows',
        missing: ['RTCPeerConnection', 'getUserMedia'],
        is_insecure: false,
      },
      peerConnection: false,
      microphone: false,
      recorder: false,
      hid: false,
    },
  }),
  // What this browser can do, with nobody behind it.
  'check-browser': { options: { measuresBrowser: true } },
  'check-guest': { ...checks({}), options: { signedIn: false, isGuest: true } },
  'check-expired': { ...checks({ link: 'expired' }), options: { signedIn: false, isGuest: true } },
};

function checks(world: Partial<CheckWorld>): Scene {
  return { prepare: ({ server }) => void Object.assign(server.check, world) };
}
