import { Button } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Parking } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import classes from '../Admin.module.css';
import { Failure } from '../Dialog.tsx';
import { TextField } from '../fields.tsx';
import { ListState } from '../ListState.tsx';
import outside from '../outside/Outside.module.css';
import { Section } from '../outside/Section.tsx';
import { useWrong } from '../outside/wrong.ts';
import { useParking, useSaveFeature } from './queries.ts';

const SLOTS = { min: 1, max: 9 };
const RINGS_BACK_S = { min: 10, max: 3_600 };

/** Where calls are parked, and when they come back. */
export function ParkingSection() {
  const { t } = useTranslation();
  const parking = useParking();
  return (
    <Section id="parking" title={t('features.parking.title')} text={t('features.parking.text')}>
      <ListState query={parking} />
      {parking.data !== undefined && (
        <div className={outside.body}>
          <ParkingForm key={JSON.stringify(parking.data)} saved={parking.data} />
        </div>
      )}
    </Section>
  );
}

function ParkingForm({ saved }: { saved: Parking }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const [slots, setSlots] = useState(String(saved.slots));
  const [back, setBack] = useState(String(saved.rings_back_after_s));
  const save = useSaveFeature(
    (parking: Parking) => api.changeParking(parking),
    () => undefined,
  );
  const wrong = useWrong(save.error);
  const isChanged = slots !== String(saved.slots) || back !== String(saved.rings_back_after_s);
  const hasWrongSlots = !isWithin(SLOTS, slots);
  const hasWrongTime = !isWithin(RINGS_BACK_S, back);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (hasWrongSlots || hasWrongTime) return;
    save.mutate({ slots: Number(slots), rings_back_after_s: Number(back) });
  };
  return (
    <form className={classes.form} noValidate onSubmit={submit}>
      <div className={outside.pair}>
        <TextField
          label={t('features.parking.slots')}
          inputMode="numeric"
          value={slots}
          onChange={setSlots}
          error={hasWrongSlots ? t('features.parking.slotsRule') : wrong.at('slots')}
        />
        <TextField
          label={t('features.parking.back')}
          inputMode="numeric"
          value={back}
          onChange={setBack}
          error={hasWrongTime ? t('features.parking.backRule') : wrong.at('rings_back_after_s')}
        />
      </div>
      <Failure error={wrong.besides(['slots', 'rings_back_after_s'])} />
      {isChanged && (
        <div className={classes.buttons}>
          <Button type="submit" loading={save.isPending}>
            {t('admin.save')}
          </Button>
        </div>
      )}
    </form>
  );
}

function isWithin({ min, max }: { min: number; max: number }, text: string): boolean {
  return /^\d{1,4}$/.test(text) && Number(text) >= min && Number(text) <= max;
}
