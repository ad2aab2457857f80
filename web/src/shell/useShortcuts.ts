import { useEffect } from 'react';
import { usePhone } from '../backend.ts';
import { foregroundCall, ringingCalls } from '../phone/calls.ts';
import type { Phone } from '../phone/phone.ts';
import { askPanel } from '../call/panel.ts';
import { goTo, routeOf } from './route.ts';
import { isAbove, isTyping, shortcutOf, shortcutsEnabled, type ShortcutName } from './shortcuts.ts';

/** Listens to single keys while nobody types. */
export function useShortcuts({ openHelp }: { openHelp: () => void }): void {
  const phone = usePhone();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        focusSearch();
        return;
      }
      if (isTyping(event.target) || !shortcutsEnabled()) return;
      const name = shortcutOf(event);
      if (name === null) return;
      // Whatever is open, a call that rings can be taken.
      if (isAbove(event.target) && name !== 'answer' && name !== 'reject') return;
      event.preventDefault();
      if (name === 'help') openHelp();
      else if (name === 'search') focusSearch();
      else press(phone, name);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [phone, openHelp]);
}

function press(phone: Phone, name: Exclude<ShortcutName, 'help' | 'search'>): void {
  const state = phone.state();
  const [ringing] = ringingCalls(state);
  const call = foregroundCall(state);
  switch (name) {
    case 'answer':
      if (ringing !== undefined) phone.answer(ringing.id);
      return;
    case 'reject':
      if (ringing !== undefined) phone.reject(ringing.id);
      return;
    case 'mute':
      if (call?.phase === 'running' && phone.media !== null) phone.toggleMute(call.id);
      return;
    case 'hold':
      if (call?.phase === 'running') phone.toggleHold(call.id);
      return;
    case 'hangUp':
      if (call !== null && call.phase !== 'ended') phone.hangUp(call.id);
      return;
    case 'transfer':
    case 'keypad':
      if (call?.phase !== 'running') return;
      askPanel(call.id, name);
      goTo('keypad');
      return;
  }
}

function focusSearch(): void {
  if (!['keypad', 'people', 'recent'].includes(routeOf(window.location.hash))) goTo('keypad');
  // The search may only appear with the next frame.
  requestAnimationFrame(() => document.getElementById('search')?.focus());
}
