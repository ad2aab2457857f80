import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { usePhoneState } from '../backend.ts';
import { useDirectory } from '../people/directory.ts';
import { ringingCalls } from '../phone/calls.ts';
import { useUnseenMissed } from '../recent/missed.ts';
import { notificationsOn, notify } from '../shell/notifications.ts';

/** Makes a ringing call seen when the page is not: title, icon, notification. The title also counts what was missed. */
export function useAttention(): void {
  const { t } = useTranslation();
  const [ringing] = ringingCalls(usePhoneState());
  const { nameOf } = useDirectory();
  const missed = useUnseenMissed();
  const id = ringing?.id;
  const number = ringing?.party.number ?? '';
  const name = ringing === undefined ? '' : nameOf(ringing.party);
  const title = t('incoming.title', { name });

  const resting = missed === 0 ? 'farend' : `(${missed}) farend`;

  useEffect(() => {
    document.title = id === undefined ? resting : `☎ ${title}`;
  }, [id, resting, title]);
  useEffect(
    () => () => {
      document.title = 'farend';
    },
    [],
  );

  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('#icon');
    if (id === undefined || icon === null) return undefined;
    icon.href = '/favicon-ringing.svg';
    return () => {
      icon.href = '/favicon.svg';
    };
  }, [id]);

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
