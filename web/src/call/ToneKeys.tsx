import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { usePhone } from '../backend.ts';
import type { Running } from '../phone/calls.ts';
import { Keys } from '../ui/Keys.tsx';
import classes from './ToneKeys.module.css';

/** Digits for voice menus, from the mouse or the keyboard. */
export function ToneKeys({ call, onClose }: { call: Running; onClose: () => void }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const pad = useRef<HTMLDivElement>(null);
  useEffect(() => {
    pad.current?.focus();
  }, []);
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape') onClose();
    else if (/^[0-9*#]$/.test(event.key)) phone.press(call.id, event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // A group that takes digits from the keyboard while the focus is in it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={pad}
      role="group"
      tabIndex={-1}
      aria-label={t('call.keypad')}
      className={classes.pad}
      onKeyDown={onKeyDown}
    >
      <output className={`${classes.sent ?? ''} figures`} aria-label={t('call.tones', { tones: call.tones })}>
        {call.tones === '' ? <span>{t('call.tonesHint')}</span> : call.tones}
      </output>
      <Keys onKey={(key) => phone.press(call.id, key)} />
    </div>
  );
}
