import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconHandGrab, IconPhoneCheck, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallBack, ParkedCall, PickUp } from '../api/types.ts';
import { useBackend, usePhoneState } from '../backend.ts';
import { Timer } from '../call/Progress.tsx';
import { useCallBacks, useParked, usePickUps } from '../joined/queries.ts';
import { useDirectory } from '../people/directory.ts';
import { useOwnDevice } from '../place/useOwnDevice.ts';
import { useErrorWords } from '../ui/errors.ts';
import { Face } from '../ui/Face.tsx';
import classes from './Parked.module.css';

/** Calls that somebody may take: parked ones, and those that ring at one's group; and whom one waits for. */
export function ParkPanel() {
  const { t } = useTranslation();
  const parked = useParked();
  const pickUps = usePickUps();
  const callBacks = useCallBacks();
  const isEmpty = parked.length + pickUps.length + callBacks.length === 0;
  return (
    <section className={classes.panel} aria-labelledby="parked">
      <h3 id="parked">{t('parked.title')}</h3>
      {isEmpty && <p className={classes.nothing}>{t('parked.nothing')}</p>}
      <Rows label={t('parked.ringing')} items={pickUps} keyOf={({ call }) => call}>
        {(pickUp) => <PickUpRow pickUp={pickUp} />}
      </Rows>
      <Rows label={t('parked.parked')} items={parked} keyOf={({ slot }) => slot}>
        {(call) => <ParkedRow parked={call} />}
      </Rows>
      <Rows label={t('parked.callBacks')} items={callBacks} keyOf={({ number }) => number}>
        {(callBack) => <CallBackRow callBack={callBack} />}
      </Rows>
    </section>
  );
}

interface RowsProps<Item> {
  label: string;
  items: readonly Item[];
  keyOf: (item: Item) => string | number;
  children: (item: Item) => ReactNode;
}

/** One kind of them under its heading; nothing while there are none. */
function Rows<Item>({ label, items, keyOf, children }: RowsProps<Item>) {
  if (items.length === 0) return null;
  return (
    <>
      <h4>{label}</h4>
      <ul aria-label={label}>
        {items.map((item) => (
          <li key={keyOf(item)}>{children(item)}</li>
        ))}
      </ul>
    </>
  );
}

function ParkedRow({ parked: { slot, party, by, since } }: { parked: ParkedCall }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const { nameOf } = useDirectory();
  const here = useHere((device) => api.takeParked(slot, device));
  const name = nameOf(party);
  return (
    <Row
      name={name}
      detail={
        <>
          {t('parked.slot', { slot })} · {t('parked.by', { name: nameOf(by) })} ·{' '}
          <Timer since={Date.parse(since)} />
        </>
      }
      error={here.error}
      action={
        <Button
          size="sm"
          leftSection={<IconHandGrab size={17} aria-hidden="true" />}
          aria-label={t('parked.takeName', { name })}
          disabled={!here.isPossible}
          loading={here.isPending}
          onClick={here.go}
        >
          {t('parked.take')}
        </Button>
      }
    />
  );
}

function PickUpRow({ pickUp: { call, at_user_id, from, since } }: { pickUp: PickUp }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const { users, nameOf } = useDirectory();
  const here = useHere((device) => api.pickUp(call, device));
  const at = users.find(({ id }) => id === at_user_id)?.name ?? t('team.somebody');
  return (
    <Row
      name={nameOf(from)}
      rings
      detail={
        <>
          {t('parked.at', { name: at })} · <Timer since={Date.parse(since)} />
        </>
      }
      error={here.error}
      action={
        <Button
          size="sm"
          color="leaf"
          leftSection={<IconPhoneCheck size={17} aria-hidden="true" />}
          aria-label={t('parked.answerName', { name: at })}
          disabled={!here.isPossible}
          loading={here.isPending}
          onClick={here.go}
        >
          {t('parked.answer')}
        </Button>
      }
    />
  );
}

function CallBackRow({ callBack: { name, number } }: { callBack: CallBack }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const cancel = useMutation({ mutationFn: () => api.cancelCallBack(number) });
  return (
    <Row
      name={name}
      detail={t('parked.whenFree')}
      error={cancel.error}
      action={
        <Button
          size="sm"
          variant="default"
          leftSection={<IconX size={17} aria-hidden="true" />}
          aria-label={t('parked.cancelName', { name })}
          loading={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          {t('parked.cancel')}
        </Button>
      }
    />
  );
}

interface RowProps {
  name: string;
  detail: ReactNode;
  rings?: boolean;
  error: Error | null;
  action: ReactNode;
}

function Row({ name, detail, rings = false, error, action }: RowProps) {
  const errorWords = useErrorWords();
  return (
    <div className={classes.row} data-rings={rings}>
      <Face name={name} size="small" />
      <span className={classes.words}>
        <strong className="clip">{name}</strong>
        <span className={classes.detail}>{detail}</span>
        {error !== null && (
          <span role="alert" className={classes.failed}>
            {errorWords(error)}
          </span>
        )}
      </span>
      {action}
    </div>
  );
}

/** Brings a call to the phone that the person talks on. */
function useHere(bring: (device: number) => Promise<void>) {
  const device = useOwnDevice();
  const { line } = usePhoneState();
  const here = useMutation({ mutationFn: bring });
  return {
    isPossible: device !== null && line.state === 'ready',
    isPending: here.isPending,
    error: here.error,
    go: () => {
      if (device !== null) here.mutate(device);
    },
  };
}
