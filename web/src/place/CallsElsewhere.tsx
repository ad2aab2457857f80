import { ActionIcon, Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconPhoneIncoming, IconPhoneOff, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { LiveCall } from '../api/types.ts';
import { useBackend, usePhone, usePhoneState } from '../backend.ts';
import { RecordingPoint } from '../recording/RecordingMark.tsx';
import { Timer } from '../call/Progress.tsx';
import { useDirectory, useMe } from '../people/directory.ts';
import { partyOf } from '../phone/remote.ts';
import { useErrorWords } from '../ui/errors.ts';
import { callsElsewhere } from './devices.ts';
import classes from './Place.module.css';
import { useDevices, useLiveCalls } from './queries.ts';
import { useOwnDevice } from './useOwnDevice.ts';

/** One's calls that run at another phone than the one that the app is, each with a way to take it here. */
export function CallsElsewhere() {
  const { calls } = usePhoneState();
  const live = useLiveCalls().data ?? [];
  const own = useOwnDevice();
  const known = new Set(calls.map(({ journal_id }) => journal_id));
  const elsewhere = callsElsewhere(live, own, known);
  return elsewhere.map((call) => (
    <CallElsewhere key={call.call} call={call} own={own} isOnly={elsewhere.length === 1} />
  ));
}

interface CallElsewhereProps {
  call: LiveCall;
  /** The device that the app is. */
  own: number | null;
  /** Whether no other one could be meant. */
  isOnly: boolean;
}

function CallElsewhere({ call, own, isOnly }: CallElsewhereProps) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const { nameOf } = useDirectory();
  const errorWords = useErrorWords();
  const devices = useDevices().data ?? [];
  const { canTake, take, error } = useTake(call, own, isOnly);
  const control = useMutation({
    mutationFn: (what: 'hold' | 'resume' | 'hang-up') => api.controlCall(call.call, what),
  });
  const name = nameOf(partyOf(call));
  const labels = call.device_ids.flatMap((id) => devices.find((device) => device.id === id)?.label ?? []);
  const where = labels.length === 0 ? t('place.anotherPhone') : labels.join(', ');
  const isHolding = call.state === 'holding';
  const failure = error ?? control.error;
  return (
    <section className={classes.bar} aria-label={t('place.callAt', { where })}>
      <span className={classes.call}>
        <strong className="clip">
          <RecordingPoint call={call.call} />
          {name}
        </strong>
        <span>
          {isHolding ? t('place.heldAt', { where }) : t('place.talksAt', { where })} ·{' '}
          <Timer since={Date.parse(call.answered_at ?? call.begun_at)} />
        </span>
        {failure !== null && <span role="alert">{errorWords(failure)}</span>}
      </span>
      <div className={classes.actions}>
        {canTake && (
          <Button
            size="xs"
            variant="white"
            color="dark"
            leftSection={<IconPhoneIncoming size={16} aria-hidden="true" />}
            disabled={call.state === 'moving'}
            onClick={take}
          >
            {t('place.takeHere')}
          </Button>
        )}
        <ActionIcon
          variant="white"
          color="dark"
          size={30}
          aria-label={isHolding ? t('call.resume') : t('call.hold')}
          onClick={() => control.mutate(isHolding ? 'resume' : 'hold')}
        >
          {isHolding ? <IconPlayerPlay size={18} /> : <IconPlayerPause size={18} />}
        </ActionIcon>
        <ActionIcon
          color="signal"
          size={30}
          aria-label={t('call.hangUp')}
          onClick={() => control.mutate('hang-up')}
        >
          <IconPhoneOff size={18} />
        </ActionIcon>
      </div>
    </section>
  );
}

/** In the browser by dialling the code that takes a running call. The code does not say which: where several run, and at a desk
 * phone under control, the server moves it here, and it rings. */
function useTake(call: LiveCall, own: number | null, isOnly: boolean) {
  const { api } = useBackend();
  const phone = usePhone();
  const { line } = usePhoneState();
  const { take_call } = useMe().server;
  const move = useMutation({ mutationFn: (device: number) => api.callAt(call.call, 'move', device) });
  const code = phone.media !== null && isOnly ? take_call : null;
  return {
    canTake: line.state === 'ready' && (code !== null || own !== null),
    take: () => {
      if (code === null) {
        if (own !== null) move.mutate(own);
      } else {
        phone.dial({ number: code, name: call.other.name ?? call.other.number });
      }
    },
    error: move.error,
  };
}
