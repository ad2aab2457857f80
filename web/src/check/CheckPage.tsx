import { useBackend, usePhoneState } from '../backend.ts';
import { CheckScreen } from './CheckScreen.tsx';

/** The check of somebody who is signed in. */
export function CheckPage() {
  const { check } = useBackend();
  const { calls } = usePhoneState();
  const isCalling = calls.some(({ phase }) => phase !== 'ended');
  return <CheckScreen check={check} isCalling={isCalling} />;
}
