import { ActionIcon, Button } from '@mantine/core';
import { IconBackspace, IconPhone } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { usePhone, usePhoneState } from '../backend.ts';
import { useDirectory } from '../people/directory.ts';
import { parseNumber } from '../phone/number.ts';
import type { Party } from '../phone/calls.ts';
import { Face } from '../ui/Face.tsx';
import { Keys } from '../ui/Keys.tsx';
import listClasses from '../ui/List.module.css';
import classes from './DialPad.module.css';
import { useMatches } from './matches.ts';

/** People proposed above the keys; more would move them. */
const PROPOSED_MAX = 2;

interface DialPadProps {
  text: string;
  onText: (text: string) => void;
}

/** The keys for a mouse or a finger; they write into the search field. */
export function DialPad({ text, onText }: DialPadProps) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { line } = usePhoneState();
  const { byNumber } = useDirectory();
  const number = parseNumber(text);
  const ready = line.state === 'ready';
  const known = number === null ? undefined : byNumber(number);
  const call = (party: Party) => {
    if (!ready) return;
    onText('');
    phone.dial(party);
  };
  return (
    <section className={classes.pad} aria-label={t('pad.label')}>
      <Proposals text={text} ready={ready} onCall={call} />
      <div className={`${classes.shown ?? ''} figures`} data-length={lengthOf(number)}>
        <span aria-hidden="true">{number}</span>
        <small className="clip">{ready ? known?.name : t('pad.noPhone')}</small>
      </div>
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
          onClick={() => number !== null && call({ number, name: known?.name ?? null })}
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
    </section>
  );
}

/** Whom the keys pressed so far may lead to, in a place of its own: nothing may come under a finger that dials. */
function Proposals({
  text,
  ready,
  onCall,
}: {
  text: string;
  ready: boolean;
  onCall: (party: Party) => void;
}) {
  const { t } = useTranslation();
  const number = parseNumber(text);
  const people = useMatches(text).filter(({ state, party }) => state !== null && party.number !== number);
  return (
    <div className={classes.proposals}>
      {people.slice(0, PROPOSED_MAX).map(({ key, party }) => (
        <button
          key={key}
          type="button"
          className={listClasses.row}
          aria-disabled={!ready}
          onClick={() => onCall(party)}
        >
          <Face name={party.name ?? party.number} size="small" />
          <span className={`${classes.proposed ?? ''} clip`}>
            <span className="hidden-text">{t('pad.call')} </span>
            {party.name}
          </span>
          <span className={`${listClasses.end ?? ''} figures`}>{party.number}</span>
        </button>
      ))}
    </div>
  );
}

function lengthOf(number: string | null): 'short' | 'long' | 'longest' {
  const digits = number?.length ?? 0;
  return digits <= 13 ? 'short' : digits <= 22 ? 'long' : 'longest';
}

/** Keys after a name start a new number. */
function appended(text: string, key: string): string {
  return parseNumber(text + key) === null && key !== '+' ? key : text + key;
}
