/** Whether the person wants to be told about calls while the page is hidden, and whether the browser allows it. */
const STORAGE_KEY = 'farend.notifications';

export function notificationsPossible(): boolean {
  return 'Notification' in window;
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
