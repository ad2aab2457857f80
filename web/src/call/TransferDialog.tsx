import { Modal, TextInput } from '@mantine/core';
import { IconArrowForwardUp, IconSearch } from '@tabler/icons-react';
import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { User } from '../api/types.ts';
import { searchUsers, useDirectory, useMe } from '../people/directory.ts';
import { looksLikeNumber, parseNumber } from '../phone/number.ts';
import type { Party } from '../phone/calls.ts';
import { Face } from '../ui/Face.tsx';
import listClasses from '../ui/List.module.css';
import { StateWords } from '../ui/StateWords.tsx';
import classes from './TransferDialog.module.css';

const MATCHES_MAX = 8;

interface TransferDialogProps {
  opened: boolean;
  name: string;
  /** The number of who is transferred: nobody is connected with themselves. */
  except: string;
  onClose: () => void;
  onTransfer: (to: Party) => void;
}

export function TransferDialog({ opened, name, except, onClose, onTransfer }: TransferDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('call.transferTo', { name })}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <Targets except={except} onTransfer={onTransfer} />
    </Modal>
  );
}

function Targets({ except, onTransfer }: { except: string; onTransfer: (to: Party) => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const { users } = useDirectory();
  const [text, setText] = useState('');
  const others = users.filter(
    (user) => user.id !== me.id && user.extension !== except && user.extension !== null,
  );
  const people: User[] =
    text.trim() === ''
      ? [...others].sort(byName).slice(0, MATCHES_MAX)
      : searchUsers(others, text, MATCHES_MAX);
  const number = looksLikeNumber(text) ? parseNumber(text) : null;
  const typed = number !== null && people[0]?.extension !== number ? number : null;
  const choose = (user: User) => onTransfer({ number: user.extension ?? '', name: user.name });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || text.trim() === '') return;
    event.preventDefault();
    const [first] = people;
    if (typed !== null) onTransfer({ number: typed, name: null });
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
      <p className={classes.hint}>{t('call.transferHint')}</p>
      <ul className={`${listClasses.list ?? ''} ${classes.list ?? ''}`}>
        {typed !== null && (
          <li>
            <button
              type="button"
              className={listClasses.row}
              onClick={() => onTransfer({ number: typed, name: null })}
            >
              <span className={listClasses.service} aria-hidden="true">
                <IconArrowForwardUp size={20} />
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
