import { Button } from '@mantine/core';
import { IconUrgent } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useTabLoop } from '../call/useTabLoop.ts';
import { localeOf } from '../i18n/i18n.ts';
import { useMe } from '../people/directory.ts';
import { momentWords } from '../ui/moment.ts';
import { useEmergencies, type Emergency } from './emergencies.ts';
import classes from './EmergencyCalls.module.css';
import { notificationsOn, notify } from './notifications.ts';

/** Who calls for help, and where they are: above everything until somebody has taken note. */
export function EmergencyCalls() {
  const me = useMe();
  const { calls, dismiss } = useEmergencies();
  if (calls.length === 0 || me.role !== 'administrator') return null;
  return <Stack calls={calls} onDismiss={dismiss} />;
}

interface StackProps {
  calls: readonly Emergency[];
  onDismiss: (call: string) => void;
}

function Stack({ calls, onDismiss }: StackProps) {
  const { t } = useTranslation();
  const stack = useRef<HTMLElement>(null);
  useTabLoop(stack);
  return (
    <section ref={stack} className={classes.stack} aria-label={t('emergency.label')}>
      {calls.map((call) => (
        <Notification key={call.call} call={call} onDismiss={() => onDismiss(call.call)} />
      ))}
    </section>
  );
}

function Notification({ call, onDismiss }: { call: Emergency; onDismiss: () => void }) {
  const { t, i18n } = useTranslation();
  const { location, trunk, heard_at } = call;
  const time = momentWords(new Date(heard_at).toISOString(), new Date(), localeOf(i18n.language));
  const title = t('emergency.title', { name: nameOf(call) ?? t('emergency.somebody'), number: call.dialled });
  const place = location === null ? t('emergency.noLocation') : t('emergency.location', { location });
  useEffect(() => {
    if (!document.hidden || !notificationsOn()) return undefined;
    const options = { body: place, tag: call.call, icon: '/favicon.svg', requireInteraction: true };
    const notification = notify(title, options);
    return () => notification?.close();
    // Once for each call, whatever the language becomes meanwhile.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [call.call]);
  return (
    <div className={classes.notification} role="alert">
      <span className={classes.icon} aria-hidden="true">
        <IconUrgent size={26} />
      </span>
      <div className={classes.words}>
        <h2>{title}</h2>
        <p className={classes.place}>{place}</p>
        <p className={`${classes.soft ?? ''} figures`}>
          {trunk === null ? t('emergency.noTrunk', { time }) : t('emergency.trunk', { time, trunk })}
        </p>
      </div>
      <Button variant="default" className={classes.dismiss} onClick={onDismiss}>
        {t('app.dismiss')}
        <span className="hidden-text">: {nameOf(call)}</span>
      </Button>
    </div>
  );
}

/** Name and extension, as far as they are known. */
function nameOf({ name, extension }: Emergency): string | null {
  if (name === null) return extension;
  return extension === null ? name : `${name} (${extension})`;
}
