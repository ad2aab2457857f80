import { IconBellRinging, IconCircleCheck, IconPhoneCall, IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Doing } from './devices.ts';
import classes from './Place.module.css';

const ICONS = {
  talking: IconPhoneCall,
  ringing: IconBellRinging,
  in_use: IconPhoneCall,
  ready: IconCircleCheck,
  away: IconPlugConnectedX,
} as const satisfies Record<Doing, unknown>;

/** What a phone is doing, as a sign and in words. */
export function DeviceState({ doing }: { doing: Doing }) {
  const { t } = useTranslation();
  const Sign = ICONS[doing];
  return (
    <span className={classes.doing} data-doing={doing}>
      <Sign size={16} aria-hidden="true" />
      {t(`place.doing.${doing}`)}
    </span>
  );
}
