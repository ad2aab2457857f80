import { ActionIcon, Button } from '@mantine/core';
import { IconBackspace, IconPhone } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { usePhone, usePhoneState } from '../backend.ts';
import { useDirectory } from '../people/directory.ts';
import { parseNumber } from '../phone/number.ts';
import { Keys } from '../ui/Keys.tsx';
import classes from './DialPad.module.css';

interface DialPadProps {
  text: string;
  onText: (text: string) => void;
}

/** The keys for a mouse or a finger; they write into the search field. */
export function DialPad({ text, onText }: DialPadProps) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { line } = usePhoneState();
  const { nameOf, byNumber } = useDirectory();
  const number = parseNumber(text);
  const ready = line.state === 'ready';
  const known = number === null ? undefined : byNumber(number);
  const call = () => {
    if (number === null) return;
    onText('');
    phone.dial({ number, name: known?.name ?? null });
  };
  return (
    <section className={classes.pad} aria-label={t('pad.label')}>
      <output className={`${classes.shown ?? ''} figures`} data-long={text.length > 13} aria-hidden="true">
        {number === null ? '' : number}
        <small>{known === undefined ? '' : nameOf({ number: number ?? '', name: null })}</small>
      </output>
      <Keys onKey={(key) => onText(appended(text, key))} longZero />
      <div className={classes.actions}>
        <span />
        <Button
          className={classes.call}
          color="leaf"
          size="lg"
          radius="xl"
          leftSection={<IconPhone size={22} />}
          disabled={number === null || !ready}
          onClick={call}
        >
          {t('pad.call')}
        </Button>
        <ActionIcon
          variant="subtle"
          color="gray"
          c="var(--ink-soft)"
          size={50}
          radius="xl"
          aria-label={t('pad.erase')}
          disabled={text === ''}
          style={{ visibility: text === '' ? 'hidden' : 'visible' }}
          onClick={() => onText(text.slice(0, -1))}
        >
          <IconBackspace size={24} />
        </ActionIcon>
      </div>
      {!ready && <p className={classes.hint}>{t('pad.noPhone')}</p>}
    </section>
  );
}

/** Keys after a name start a new number. */
function appended(text: string, key: string): string {
  return parseNumber(text + key) === null && key !== '+' ? key : text + key;
}
