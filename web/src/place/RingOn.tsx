import { Button, NativeSelect } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconAlertCircle, IconDeviceLandlinePhone, IconDeviceLaptop } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Device, Ringing } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { useMe } from '../people/directory.ts';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import { DeviceState } from './DeviceState.tsx';
import { doingOf, ownDevices } from './devices.ts';
import classes from './Place.module.css';
import { useDevices, useLiveCalls, useRinging } from './queries.ts';
import { RingingFields, useRingsChoices } from './RingingFields.tsx';
import { parseRings, ringsWord } from './rings.ts';

/** What rings when the person is called. */
export function RingOn() {
  const { t } = useTranslation();
  const me = useMe();
  const devices = ownDevices(useDevices().data ?? [], me);
  const ringing = useRinging();
  return (
    <fieldset className={classes.group}>
      <legend>{t('place.ringOn')}</legend>
      {devices.map((device) => (
        <DeviceRow key={device.id} device={device}>
          {/* When a phone rings is its owner's to say; a guest takes it as it is. */}
          {device.user_id === me.id && <DeviceRings device={device} />}
        </DeviceRow>
      ))}
      {ringing.data !== undefined && <OwnRinging key={JSON.stringify(ringing.data)} saved={ringing.data} />}
    </fieldset>
  );
}

function DeviceRow({ device, children }: { device: Device; children: ReactNode }) {
  const calls = useLiveCalls().data ?? [];
  return (
    <div className={classes.device}>
      <span className={classes.sign} aria-hidden="true">
        {device.kind === 'browser' ? <IconDeviceLaptop size={20} /> : <IconDeviceLandlinePhone size={20} />}
      </span>
      <span className={classes.words}>
        <span className="clip">{device.label}</span>
        <span className={classes.detail}>
          <DeviceState doing={doingOf(device, calls)} />
        </span>
      </span>
      {children}
    </div>
  );
}

function DeviceRings({ device }: { device: Device }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const queries = useQueryClient();
  const errorWords = useErrorWords();
  const choices = useRingsChoices(device);
  const change = useMutation({
    mutationFn: (value: string) => api.changeDevice(device.id, parseRings(value)),
    onSuccess: (changed) => {
      queries.setQueryData<Device[]>(['devices'], (all) =>
        all?.map((each) => (each.id === changed.id ? changed : each)),
      );
    },
  });
  return (
    <NativeSelect
      className={classes.rings}
      aria-label={t('place.ringsAt', { label: device.label })}
      value={change.isPending ? change.variables : ringsWord(device)}
      data={choices}
      error={change.error === null ? undefined : errorWords(change.error)}
      onChange={(event) => change.mutate(event.currentTarget.value)}
    />
  );
}

/** The mobile and what happens to a second call, which are saved together. */
function OwnRinging({ saved }: { saved: Ringing }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const queries = useQueryClient();
  const errorWords = useErrorWords();
  const [draft, setDraft] = useState(saved);
  const save = useMutation({
    mutationFn: (ringing: Ringing) => api.changeRinging(ringing),
    onSuccess: (ringing) => queries.setQueryData(['ringing'], ringing),
  });
  return (
    <div className={classes.own}>
      <RingingFields ringing={draft} onChange={setDraft} />
      {save.error !== null && (
        <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
          {errorWords(save.error)}
        </Notice>
      )}
      {draft !== saved && (
        <div className={classes.buttons}>
          <Button variant="default" size="sm" onClick={() => setDraft(saved)}>
            {t('app.cancel')}
          </Button>
          <Button size="sm" loading={save.isPending} onClick={() => save.mutate(draft)}>
            {t('admin.save')}
          </Button>
        </div>
      )}
    </div>
  );
}
