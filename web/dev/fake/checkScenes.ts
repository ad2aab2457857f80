/** Scenes of the audio check; the page begins when somebody presses the button. */
import type { CheckWorld } from './check.ts';
import type { Scene } from './scenes.ts';

/** Ten seconds are over in a tenth. */
const FAST = 100;
/** Slow enough that a picture finds it under way. */
const SLOW = 0.25;

export const checkScenes: Record<string, Scene> = {
  'check-ready': checks({}),
  'check-running': checks({ speed: SLOW }),
  'check-asking': checks({ hesitates: true }),
  'check-good': checks({ speed: FAST }),
  'check-poor': checks({ speed: FAST, network: 'blocked' }),
  'check-no-microphone': checks({ speed: FAST, microphone: 'missing' }),
  'check-unsent': checks({ speed: FAST, isAway: true }),
  'check-elsewhere': checks({ isElsewhere: true }),
  'check-old-browser': checks({
    speed: FAST,
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
  'check-guest': { ...checks({}), options: { signedIn: false, isGuest: true } },
  'check-expired': { ...checks({ link: 'expired' }), options: { signedIn: false, isGuest: true } },
};

function checks(world: Partial<CheckWorld>): Scene {
  return { prepare: ({ server }) => void Object.assign(server.check, world) };
}
