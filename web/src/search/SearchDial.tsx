import { ActionIcon, TextInput } from '@mantine/core';
import { IconPhone, IconSearch, IconX } from '@tabler/icons-react';
import { useId, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { usePhone, usePhoneState } from '../backend.ts';
import { parseNumber } from '../phone/number.ts';
import type { Party } from '../phone/calls.ts';
import { Face } from '../ui/Face.tsx';
import { StateWords } from '../ui/StateWords.tsx';
import { useMatches, type Match } from './matches.ts';
import classes from './SearchDial.module.css';

interface SearchDialProps {
  text: string;
  onText: (text: string) => void;
  /** Whether the matches may lie over what is below: only while somebody works in the field. */
  listing: boolean;
  onListing: (listing: boolean) => void;
}

/** One field that finds people and dials numbers: type, choose with the arrows, Enter calls. */
export function SearchDial({ text, onText, listing, onListing }: SearchDialProps) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { line } = usePhoneState();
  const matches = useMatches(text);
  const [chosen, setChosen] = useState(0);
  const list = useId();
  const index = Math.min(chosen, matches.length - 1);
  const open = listing && text.trim() !== '';

  const change = (next: string) => {
    setChosen(0);
    onListing(true);
    onText(next);
  };
  const call = (party: Party) => {
    if (line.state !== 'ready') return;
    change('');
    phone.dial(party);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const last = matches.length - 1;
    if (event.key === 'ArrowDown') setChosen(index >= last ? 0 : index + 1);
    else if (event.key === 'ArrowUp') setChosen(index <= 0 ? last : index - 1);
    else if (event.key === 'Escape') change('');
    else if (event.key === 'Enter') {
      const match = matches[index];
      if (match !== undefined) call(match.party);
    } else return;
    event.preventDefault();
  };
  const paste = (event: React.ClipboardEvent<HTMLInputElement>) => {
    const number = parseNumber(event.clipboardData.getData('text'));
    if (number === null || text !== '') return;
    event.preventDefault();
    change(number);
  };

  return (
    <div className={classes.search} role="search">
      <TextInput
        id="search"
        type="text"
        size="md"
        role="combobox"
        aria-label={t('search.label')}
        aria-expanded={open}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={open && matches.length > 0 ? `${list}-${index}` : undefined}
        placeholder={t('search.placeholder')}
        value={text}
        autoComplete="off"
        spellCheck={false}
        enterKeyHint="go"
        leftSection={<IconSearch size={20} aria-hidden="true" />}
        rightSection={
          text !== '' && (
            <ActionIcon
              variant="subtle"
              color="gray"
              c="var(--ink-soft)"
              aria-label={t('search.clear')}
              onMouseDown={keepFocus}
              onClick={() => change('')}
            >
              <IconX size={18} />
            </ActionIcon>
          )
        }
        onChange={(event) => change(event.currentTarget.value)}
        onPaste={paste}
        onFocus={() => onListing(true)}
        onBlur={() => onListing(false)}
        onKeyDown={onKeyDown}
        classNames={{ input: classes.input }}
      />
      <p className="hidden-text" role="status">
        {open ? t('search.count', { count: matches.length }) : ''}
      </p>
      {open && (
        // The keyboard stays in the field, which owns this list.
        // eslint-disable-next-line jsx-a11y/interactive-supports-focus
        <div
          id={list}
          role="listbox"
          aria-label={t('search.results')}
          className={classes.list}
          onMouseDown={keepFocus}
        >
          {matches.map((match, at) => (
            <MatchRow
              key={match.key}
              id={`${list}-${at}`}
              match={match}
              chosen={at === index}
              onPoint={() => setChosen(at)}
              onCall={() => call(match.party)}
            />
          ))}
          {matches.length === 0 && (
            <div role="option" aria-selected={false} aria-disabled className={classes.none}>
              {t('search.none', { text: text.trim() })}
            </div>
          )}
        </div>
      )}
    </div>
  );
}

/** A click beside the field must not close its list before it arrives. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

interface MatchRowProps {
  id: string;
  match: Match;
  chosen: boolean;
  onPoint: () => void;
  onCall: () => void;
}

function MatchRow({ id, match, chosen, onPoint, onCall }: MatchRowProps) {
  const { t } = useTranslation();
  const { party, state } = match;
  return (
    // The keyboard works on the field, which owns this list (aria-activedescendant).
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      className={classes.match}
      onPointerMove={onPoint}
      onClick={onCall}
    >
      {state === null ? (
        <span className={classes.dial} aria-hidden="true">
          <IconPhone size={17} />
        </span>
      ) : (
        <Face name={party.name ?? party.number} size="small" state={state} />
      )}
      <span className={`${classes.name ?? ''} clip`}>
        {state === null ? t('search.callNumber', { number: party.number }) : party.name}
      </span>
      {state !== null && (
        <>
          <span className={classes.state}>
            <StateWords state={state} />
          </span>
          <span className={`${classes.number ?? ''} figures`}>{party.number}</span>
        </>
      )}
    </div>
  );
}
