import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useTalkAt } from '../place/useTalkAt.ts';
import classes from './Settings.module.css';

/** What stands in the place of microphone and loudspeaker while the person talks at their desk phone. */
export function SoundElsewhere() {
  const { t } = useTranslation();
  const { controlled, atComputer } = useTalkAt();
  return (
    <section className={classes.card} aria-labelledby="sound">
      <h2 id="sound">{t('settings.sound')}</h2>
      <p className={classes.hint}>
        {t('settings.soundElsewhere', { label: controlled?.label ?? t('place.deskPhone') })}
      </p>
      <Button variant="default" onClick={atComputer}>
        {t('place.toComputer')}
      </Button>
    </section>
  );
}
