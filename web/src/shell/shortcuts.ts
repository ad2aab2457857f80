/** Single keys for what hands do often. They can be switched off in Settings (WCAG 2.1.4). */
export const SHORTCUTS = {
  search: '/',
  answer: 'a',
  reject: 'r',
  mute: 'm',
  hold: 'h',
  transfer: 't',
  keypad: 'k',
  hangUp: 'e',
  help: '?',
} as const;
export type ShortcutName = keyof typeof SHORTCUTS;

const STORAGE_KEY = 'farend.shortcuts';

export function shortcutsEnabled(): boolean {
  return localStorage.getItem(STORAGE_KEY) !== 'off';
}

export function enableShortcuts(enabled: boolean): void {
  if (enabled) localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, 'off');
}

export function shortcutOf(event: KeyboardEvent): ShortcutName | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return null;
  const names = Object.keys(SHORTCUTS) as ShortcutName[];
  return names.find((name) => SHORTCUTS[name] === event.key.toLowerCase()) ?? null;
}

/** Inputs that have no use for letters. */
const LETTERLESS = /^(checkbox|radio|button|submit|reset|range|color|file)$/;

/** Whether a key pressed there is text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !LETTERLESS.test(target.type);
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Whether a key pressed there belongs to something open above the page. */
export function isAbove(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null
  );
}
