import { Button } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Announced, RecordingSettings } from '../../api/types.ts';
import classes from '../Admin.module.css';
import { Failure } from '../Dialog.tsx';
import { SelectField, TextField } from '../fields.tsx';
import { ListState } from '../ListState.tsx';
import outside from '../outside/Outside.module.css';
import { Section } from '../outside/Section.tsx';
import { useWrong } from '../outside/wrong.ts';
import { useRecordingSettings, useSaveSettings } from './queries.ts';

export const ANNOUNCED: readonly Announced[] = ['prompt', 'tone', 'silently'];
const KEEP_DAYS = { min: 1, max: 3_650 };
const QUOTA_MIB = { min: 100, max: 10_000_000 };
const MIB_IN_GIB = 1_024;

/** How people are told, and how long and how much is kept. */
export function SettingsSection() {
  const { t } = useTranslation();
  const settings = useRecordingSettings();
  return (
    <Section id="recording" title={t('recordingAdmin.tab')} text={t('recordingAdmin.text')}>
      <ListState query={settings} />
      {settings.data !== undefined && (
        <div className={outside.body}>
          <SettingsForm key={JSON.stringify(settings.data)} saved={settings.data} />
        </div>
      )}
    </Section>
  );
}

function SettingsForm({ saved }: { saved: RecordingSettings }) {
  const { t } = useTranslation();
  const [announced, setAnnounced] = useState(saved.announced);
  const [days, setDays] = useState(String(saved.keep_days));
  const [room, setRoom] = useState(gibOf(saved.quota_mib));
  const save = useSaveSettings(() => undefined);
  const wrong = useWrong(save.error);
  const keep_days = /^\d{1,4}$/.test(days) ? Number(days) : NaN;
  const quota_mib = mibOf(room);
  const hasWrongDays = !isWithin(KEEP_DAYS, keep_days);
  const hasWrongRoom = !isWithin(QUOTA_MIB, quota_mib);
  const changed: Partial<RecordingSettings> = {
    ...(announced === saved.announced ? {} : { announced }),
    ...(days === String(saved.keep_days) ? {} : { keep_days }),
    ...(room === gibOf(saved.quota_mib) ? {} : { quota_mib }),
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!hasWrongDays && !hasWrongRoom) save.mutate((now) => ({ ...now, ...changed }));
  };
  return (
    <form className={classes.form} noValidate onSubmit={submit}>
      <SelectField
        label={t('recordingAdmin.announced')}
        hint={t(`recordingAdmin.howHint.${announced}`)}
        value={announced}
        data={ANNOUNCED.map((value) => ({ value, label: t(`recordingAdmin.how.${value}`) }))}
        onChange={(value) => setAnnounced(ANNOUNCED.find((each) => each === value) ?? 'prompt')}
      />
      <div className={outside.pair}>
        <TextField
          label={t('recordingAdmin.days')}
          hint={t('recordingAdmin.daysHint')}
          inputMode="numeric"
          value={days}
          onChange={setDays}
          error={hasWrongDays ? t('recordingAdmin.daysRule') : wrong.at('keep_days')}
        />
        <TextField
          label={t('recordingAdmin.room')}
          hint={t('recordingAdmin.roomHint')}
          inputMode="decimal"
          value={room}
          onChange={setRoom}
          error={hasWrongRoom ? t('recordingAdmin.roomRule') : wrong.at('quota_mib')}
        />
      </div>
      <Failure error={wrong.besides(['keep_days', 'quota_mib'])} />
      {Object.keys(changed).length > 0 && (
        <div className={classes.buttons}>
          <Button type="submit" loading={save.isPending}>
            {t('admin.save')}
          </Button>
        </div>
      )}
    </form>
  );
}

/** As people write it, with a point or a comma. */
function mibOf(gib: string): number {
  const plain = gib.trim().replace(',', '.');
  return /^\d+(\.\d+)?$/.test(plain) ? Math.round(Number(plain) * MIB_IN_GIB) : NaN;
}

function gibOf(mib: number): string {
  return String(Math.round((mib / MIB_IN_GIB) * 1_000) / 1_000);
}

function isWithin({ min, max }: { min: number; max: number }, value: number): boolean {
  return value >= min && value <= max;
}
