import { useTranslation } from 'react-i18next';
import type { Device } from '../api/types.ts';
import { useUsers } from '../people/directory.ts';
import { useRingsChoices } from '../place/RingingFields.tsx';
import { ringsWord } from '../place/rings.ts';
import classes from './Admin.module.css';

/** When a phone rings, and for a shared one who may use it and whose number it has. */
export function DeviceUse({ device }: { device: Device }) {
  const { t } = useTranslation();
  const users = useUsers().data ?? [];
  const choices = useRingsChoices(device);
  const { shared, seat } = device;
  const rings = choices.find(({ value }) => value === ringsWord(device))?.label;
  if (shared === null) return rings;
  const nameOf = (id: number | null) => users.find((user) => user.id === id)?.name ?? '–';
  const sharedBy =
    shared.open_to === 'everybody'
      ? t('devices.sharedBy.everybody')
      : t('devices.sharedBy.people', { count: shared.people.length });
  const where =
    seat !== null && seat.user_id !== null
      ? t('devices.seat.here', { name: nameOf(seat.user_id) })
      : seat !== null && seat.mobile_user_id !== null
        ? t('devices.seat.mobile', { name: nameOf(seat.mobile_user_id) })
        : t('devices.seat.nobody');
  return (
    <>
      {rings}
      <div className={classes.soft}>{sharedBy}</div>
      <div className={classes.soft}>{where}</div>
    </>
  );
}
