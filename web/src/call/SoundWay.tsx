import { useTranslation } from 'react-i18next';
import type { Running } from '../phone/calls.ts';
import classes from './SoundWay.module.css';

/** How the sound travels and how long it takes: for whoever wonders, and for whoever is asked for help. */
export function SoundWay({ call: { way, media, hold } }: { call: Running }) {
  const { t } = useTranslation();
  // The line keeps its height, so that nothing moves when it comes and goes.
  const shows = way !== null && media === 'flowing' && hold === 'talking';
  return (
    <p className={`${classes.way ?? ''} figures`}>
      {shows && (
        <>
          <span>{t(`call.way.${way.by}`, { port: way.port })}</span>
          {way.delay_ms !== null && <span>{t('call.delay', { delay: Math.round(way.delay_ms) })}</span>}
        </>
      )}
    </p>
  );
}
