import { Button, Skeleton } from '@mantine/core';
import { IconMusic, IconPhone, IconPlugConnectedX, IconUsers, IconVolume } from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { User } from '../api/types.ts';
import { useLine, usePhone } from '../backend.ts';
import { ParkPanel } from '../parked/ParkPanel.tsx';
import type { Party } from '../phone/calls.ts';
import { Empty } from '../ui/Empty.tsx';
import { useErrorWords } from '../ui/errors.ts';
import { Face } from '../ui/Face.tsx';
import listClasses from '../ui/List.module.css';
import { StateWords } from '../ui/StateWords.tsx';
import { TeamPanels } from '../team/TeamPanels.tsx';
import { useMe, useUsers } from './directory.ts';

/** Everybody, and whether they can talk. A click calls. */
export const People = memo(function People() {
  const { t } = useTranslation();
  const me = useMe();
  const errorWords = useErrorWords();
  const { data, error, isPending, refetch, isFetching } = useUsers();
  const others = (data ?? []).filter((user) => user.id !== me.id && user.extension !== null);
  others.sort((a, b) => a.name.localeCompare(b.name));
  return (
    <section className={listClasses.section} aria-labelledby="people">
      <h2 id="people">{t('people.title')}</h2>
      {isPending && <PeopleLoading />}
      {error !== null && data === undefined && (
        <Empty
          icon={<IconPlugConnectedX />}
          title={t('people.failed')}
          text={errorWords(error)}
          action={
            <Button variant="default" loading={isFetching} onClick={() => void refetch()}>
              {t('app.retry')}
            </Button>
          }
        />
      )}
      {data !== undefined && (
        <div className={listClasses.scroll}>
          <ParkPanel />
          <TeamPanels />
          {others.length === 0 && (
            <Empty icon={<IconUsers />} title={t('people.empty')} text={t('people.emptyText')} />
          )}
          <ul className={listClasses.list}>
            {others.map((user) => (
              <PersonRow key={user.id} user={user} />
            ))}
          </ul>
          <Services />
        </div>
      )}
    </section>
  );
});

const PersonRow = memo(function PersonRow({ user }: { user: User }) {
  const number = user.extension ?? '';
  return (
    <CallRow
      party={{ number, name: user.name }}
      face={<Face name={user.name} state={user.state} />}
      text={<StateWords state={user.state} />}
    />
  );
});

/** Numbers that help to find out whether the own sound works. */
function Services() {
  const { t } = useTranslation();
  const { server } = useMe();
  const services = [
    {
      number: server.echo_test,
      name: t('people.echo'),
      text: t('people.echoText'),
      icon: <IconVolume size={20} />,
    },
    {
      number: server.music,
      name: t('people.music'),
      text: t('people.musicText'),
      icon: <IconMusic size={20} />,
    },
  ].flatMap(({ number, ...rest }) => (number === null ? [] : [{ number, ...rest }]));
  if (services.length === 0) return null;
  return (
    <>
      <h3 className={listClasses.group}>{t('people.services')}</h3>
      <ul className={listClasses.list}>
        {services.map(({ number, name, text, icon }) => (
          <CallRow
            key={number}
            party={{ number, name }}
            face={<span className={listClasses.service}>{icon}</span>}
            text={text}
          />
        ))}
      </ul>
      <p className={listClasses.more}>
        <a href="#/codes">{t('people.codes')}</a>
      </p>
    </>
  );
}

interface CallRowProps {
  party: Party;
  face: ReactNode;
  text: ReactNode;
}

function CallRow({ party, face, text }: CallRowProps) {
  const { t } = useTranslation();
  const phone = usePhone();
  const line = useLine();
  return (
    <li>
      <button
        type="button"
        className={listClasses.row}
        aria-disabled={line.state !== 'ready'}
        onClick={() => line.state === 'ready' && phone.dial(party)}
      >
        {face}
        <span className={listClasses.words}>
          <span className={`${listClasses.name ?? ''} clip`}>
            <span className="hidden-text">{t('pad.call')} </span>
            {party.name}
          </span>
          <span className={`${listClasses.detail ?? ''} clip`}>{text}</span>
        </span>
        <span className={`${listClasses.end ?? ''} figures`}>{party.number}</span>
        <span className={listClasses.dial} aria-hidden="true">
          <IconPhone size={18} />
        </span>
      </button>
    </li>
  );
}

function PeopleLoading() {
  return (
    <div className={listClasses.list} aria-hidden="true">
      {[64, 48, 72, 56, 60].map((width) => (
        <div key={width} className={listClasses.row}>
          <Skeleton circle height={40} />
          <div className={listClasses.words}>
            <Skeleton height={13} width={`${width}%`} />
            <Skeleton height={11} width="30%" mt={7} />
          </div>
        </div>
      ))}
    </div>
  );
}
