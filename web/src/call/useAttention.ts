import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { usePhoneState } from '../backend.ts';
import { useDirectory } from '../people/directory.ts';
import { ringingCalls } from '../phone/state.ts';
import { notificationsOn, notify } from '../shell/notifications.ts';

/** Makes a ringing call seen when the page is not: title, icon, notification. */
export function useAttention(): void {
  const { t } = useTranslation();
  const [ringing] = ringingCalls(usePhoneState());
  const { nameOf } = useDirectory();
  const id = ringing?.id;
  const number = ringing?.party.number ?? '';
  const name = ringing === undefined ? '' : nameOf(ringing.party);
  const title = t('incoming.title', { name });

  useEffect(() => {
    if (id === undefined) return undefined;
    document.title = `☎ ${title}`;
    const icon = document.querySelector<HTMLLinkElement>('#icon');
    if (icon !== null) icon.href = '/favicon-ringing.svg';
    return () => {
      document.title = 'farend';
      if (icon !== null) icon.href = '/favicon.svg';
    };
  }, [id, title]);

  useEffect(() => {
    if (id === undefined || !document.hidden || !notificationsOn()) return undefined;
    const notification = notify(title, {
      body: number,
      tag: id,
      icon: '/favicon.svg',
      requireInteraction: true,
    });
    return () => notification?.close();
    // One notification per call, whatever we learn about the name meanwhile.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id]);
}
