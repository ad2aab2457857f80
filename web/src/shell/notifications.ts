/** Whether the person wants to be told about calls while the page is hidden, and whether the browser allows it. */
const STORAGE_KEY = 'farend.notifications';

/** Android's browsers have the constructor and throw from it: there only a service worker may notify. */
export function notificationsPossible(): boolean {
  return 'Notification' in window && !navigator.userAgent.includes('Android');
}

/** The answer given so far; `null` when nobody was asked. */
export function notificationsAnswer(): 'on' | 'off' | null {
  const stored = localStorage.getItem(STORAGE_KEY);
  return stored === 'on' || stored === 'off' ? stored : null;
}

export function notificationsOn(): boolean {
  return notificationsPossible() && Notification.permission === 'granted' && notificationsAnswer() !== 'off';
}

/** Remembers the wish and asks the browser if need be; tells whether notifications will come. */
export async function switchNotifications(wanted: boolean): Promise<boolean> {
  localStorage.setItem(STORAGE_KEY, wanted ? 'on' : 'off');
  if (wanted && notificationsPossible() && Notification.permission === 'default')
    await Notification.requestPermission();
  return notificationsOn();
}

/** Shows a notification that brings the page back; `null` where the browser refuses after all. */
export function notify(title: string, options: NotificationOptions): Notification | null {
  try {
    const notification = new Notification(title, options);
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
    return notification;
  } catch {
    return null;
  }
}
