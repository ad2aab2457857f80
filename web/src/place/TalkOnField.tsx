import {
  IconAlertCircle,
  IconDeviceLandlinePhone,
  IconDeviceLaptop,
  IconLogout,
  IconMapPin,
} from '@tabler/icons-react';
import { Button } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Device } from '../api/types.ts';
import { useBackend, useStateOf, useTalkOn } from '../backend.ts';
import { useMe } from '../people/directory.ts';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import { DeviceState } from './DeviceState.tsx';
import { doingOf, phoneWithNumber, type Doing } from './devices.ts';
import classes from './Place.module.css';
import { useLiveCalls } from './queries.ts';
import { useTalkAt } from './useTalkAt.ts';

/** The choice of the phone to talk on. */
export function TalkOnField() {
  const { t } = useTranslation();
  const errorWords = useErrorWords();
  const { on } = useTalkOn();
  const { phones, controlled, atComputer, atDesk, guestAt, logOff, isLoggingOff, error } = useTalkAt();
  const name = useId();
  return (
    <fieldset className={classes.group}>
      <legend>{t('place.talkOn')}</legend>
      <Choice
        name={name}
        checked={on === 'computer'}
        icon={<IconDeviceLaptop size={20} />}
        label={t('place.computer')}
        state={<ComputerState />}
        onChoose={atComputer}
      />
      {phones.map((phone) => (
        <Choice
          key={phone.id}
          name={name}
          checked={on === 'desk_phone' && controlled?.id === phone.id}
          icon={<IconDeviceLandlinePhone size={20} />}
          label={phone.label}
          state={<PhoneState phone={phone} />}
          onChoose={() => atDesk(phone)}
        />
      ))}
      {phones.length === 0 ? (
        <p className={classes.hint}>{t('place.noDeskPhone')}</p>
      ) : (
        <p className={classes.hint}>{t('place.talkOnHint')}</p>
      )}
      {guestAt !== null && (
        <Button
          variant="default"
          size="sm"
          leftSection={<IconLogout size={17} aria-hidden="true" />}
          loading={isLoggingOff}
          onClick={logOff}
        >
          {t('place.logOff', { label: guestAt.label })}
        </Button>
      )}
      {error !== null && (
        <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
          {errorWords(error)}
        </Notice>
      )}
    </fieldset>
  );
}

interface ChoiceProps {
  name: string;
  checked: boolean;
  icon: ReactNode;
  label: string;
  state: ReactNode;
  onChoose: () => void;
}

function Choice({ name, checked, icon, label, state, onChoose }: ChoiceProps) {
  return (
    <label className={classes.choice} data-on={checked}>
      <input type="radio" name={name} checked={checked} onChange={onChoose} />
      <span className={classes.sign} aria-hidden="true">
        {icon}
      </span>
      <span className={classes.words}>
        <span className="clip">{label}</span>
        <span className={classes.detail}>{state}</span>
      </span>
    </label>
  );
}

/** How the phone in this browser is. */
function ComputerState() {
  const { t } = useTranslation();
  const me = useMe();
  const { phone } = useBackend();
  const { on } = useTalkOn();
  const { line, calls } = useStateOf(phone);
  const { left } = useTalkAt();
  if (me.phone === null) return t('place.noBrowserPhone');
  if (on === 'desk_phone' && line.state !== 'ready') return t('place.notInUse');
  if (line.state === 'other_tab') return t('line.other_tab');
  const ringing = calls.some(({ phase }) => phase === 'ringing');
  const running = calls.some(({ phase }) => phase === 'running');
  const doing: Doing = line.state !== 'ready' ? 'away' : running ? 'talking' : ringing ? 'ringing' : 'ready';
  return (
    <>
      <DeviceState doing={doing} />
      {left !== null && <NumberIsHere />}
    </>
  );
}

function PhoneState({ phone }: { phone: Device }) {
  const { t } = useTranslation();
  const me = useMe();
  const calls = useLiveCalls().data ?? [];
  const { place } = useTalkAt();
  return (
    <>
      <DeviceState doing={doingOf(phone, calls)} />
      {phoneWithNumber(place) === phone.id && <NumberIsHere />}
      {phone.seat?.mobile_user_id === me.id && <span>{t('place.showsCancel')}</span>}
    </>
  );
}

function NumberIsHere() {
  const { t } = useTranslation();
  return (
    <span className={classes.here}>
      <IconMapPin size={15} aria-hidden="true" />
      {t('place.numberHere')}
    </span>
  );
}
