import { TextInput } from '@mantine/core';
import { IconPhone, IconSearch } from '@tabler/icons-react';
import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { User } from '../api/types.ts';
import { searchUsers, useDirectory, useMe } from '../people/directory.ts';
import { looksLikeNumber, parseNumber } from '../phone/number.ts';
import type { Party } from '../phone/calls.ts';
import { Face } from '../ui/Face.tsx';
import listClasses from '../ui/List.module.css';
import { StateWords } from '../ui/StateWords.tsx';
import classes from './Targets.module.css';

const MATCHES_MAX = 8;

interface TargetsProps {
  /** Numbers that make no sense. */
  except: readonly string[];
  hint: string;
  onChoose: (to: Party) => void;
}

/** Somebody to call: people by name, and any number. Enter takes the first. */
export function Targets({ except, hint, onChoose }: TargetsProps) {
  const { t } = useTranslation();
  const me = useMe();
  const { users } = useDirectory();
  const [text, setText] = useState('');
  const others = users.filter(
    (user) => user.id !== me.id && user.extension !== null && !except.includes(user.extension),
  );
  const people: User[] =
    text.trim() === ''
      ? [...others].sort(byName).slice(0, MATCHES_MAX)
      : searchUsers(others, text, MATCHES_MAX);
  const number = looksLikeNumber(text) ? parseNumber(text) : null;
  const typed = number !== null && people[0]?.extension !== number ? number : null;
  const choose = (user: User) => onChoose({ number: user.extension ?? '', name: user.name });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || text.trim() === '') return;
    event.preventDefault();
    const [first] = people;
    if (typed !== null) onChoose({ number: typed, name: null });
    else if (first !== undefined) choose(first);
  };
  return (
    <>
      <TextInput
        data-autofocus
        className={classes.field}
        size="md"
        aria-label={t('search.label')}
        placeholder={t('search.placeholder')}
        leftSection={<IconSearch size={20} aria-hidden="true" />}
        value={text}
        autoComplete="off"
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <p className={classes.hint}>{hint}</p>
      <ul className={`${listClasses.list ?? ''} ${classes.list ?? ''}`}>
        {typed !== null && (
          <li>
            <button
              type="button"
              className={listClasses.row}
              onClick={() => onChoose({ number: typed, name: null })}
            >
              <span className={listClasses.service} aria-hidden="true">
                <IconPhone size={20} />
              </span>
              <span className={`${listClasses.name ?? ''} figures`}>{typed}</span>
            </button>
          </li>
        )}
        {people.map((user) => (
          <li key={user.id}>
            <button type="button" className={listClasses.row} onClick={() => choose(user)}>
              <Face name={user.name} state={user.state} />
              <span className={listClasses.words}>
                <span className={`${listClasses.name ?? ''} clip`}>{user.name}</span>
                <span className={listClasses.detail}>
                  <StateWords state={user.state} />
                </span>
              </span>
              <span className={`${listClasses.end ?? ''} figures`}>{user.extension}</span>
            </button>
          </li>
        ))}
        {people.length === 0 && typed === null && (
          <li className={classes.none}>{t('search.none', { text: text.trim() })}</li>
        )}
      </ul>
    </>
  );
}

function byName(a: User, b: User): number {
  return a.name.localeCompare(b.name);
}
