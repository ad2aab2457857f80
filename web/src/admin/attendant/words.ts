/** Menus in words. */
import { useTranslation } from 'react-i18next';
import type { Choice } from '../../api/types.ts';
import { useAnnouncements, useInsideNumbers } from './queries.ts';

/** What a key, or waiting, leads to. */
export function useChoiceWords(): (choice: Choice) => string {
  const { t } = useTranslation();
  const numbers = useInsideNumbers();
  const announcementName = useAnnouncementName();
  return (choice) => {
    switch (choice.do) {
      case 'number': {
        const { number } = choice;
        const name = numbers.find((each) => each.number === number)?.name;
        if (number === '') return t('attendant.leads.nowhere');
        return t('attendant.leads.number', { name: name === undefined ? number : `${name} (${number})` });
      }
      case 'hear':
        return t('attendant.leads.hear', { name: announcementName(choice.announcement_id) });
      case 'again':
        return t('attendant.leads.again');
      case 'hang_up':
        return t('attendant.leads.hang_up');
    }
  };
}

/** What an announcement is called. */
export function useAnnouncementName(): (id: number) => string {
  const announcements = useAnnouncements().data;
  return (id) => announcements?.find((each) => each.id === id)?.name ?? '…';
}
