import { IconAlertCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../../api/client.ts';
import type { NewMenu } from '../../api/types.ts';
import { Notice } from '../../ui/Notice.tsx';
import classes from './Attendant.module.css';
import { isAnnouncement } from './menu.ts';

interface ComplaintsProps {
  error: Error | null;
  /** Fields that say it themselves. */
  shown: readonly string[];
  /** As it was sent. */
  menu: NewMenu;
}

/** What the server says against fields that have no room for it, each with the part of the form that it is about. */
export function Complaints({ error, shown, menu }: ComplaintsProps) {
  const partOf = usePart(menu);
  const all = error instanceof Refused ? error.fields : [];
  const others = all.filter(({ field }) => !shown.includes(field));
  if (others.length === 0) return null;
  return (
    <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
      <ul className={classes.complaints}>
        {others.map(({ field, message }) => (
          <li key={field}>
            <strong>{partOf(field)}:</strong> {message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** The part of the form that a field of the server's is in. */
function usePart(menu: NewMenu): (field: string) => string {
  const { t } = useTranslation();
  return (field) => {
    const index = /^keys\[(\d+)\]/.exec(field)?.[1];
    const key = index === undefined ? undefined : menu.keys[Number(index)]?.key;
    if (key !== undefined) return t('attendant.key', { key });
    if (field.startsWith('keys')) return t('attendant.keys');
    if (field.startsWith('otherwise'))
      return isAnnouncement(menu) ? t('attendant.afterwards') : t('attendant.otherwise');
    if (field.startsWith('hours.then')) return t('attendant.closedThen');
    if (field.startsWith('hours.greeting')) return t('attendant.closedGreeting');
    if (field.startsWith('hours')) return t('attendant.open');
    if (field === 'greeting_id') return t('attendant.greeting');
    if (field === 'announcement_id') return t('attendant.announcement');
    return field;
  };
}
