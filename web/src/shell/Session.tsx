import { Button, Loader } from '@mantine/core';
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '../api/types.ts';
import { PhoneProvider, useBackend } from '../backend.ts';
import { MeProvider } from '../people/directory.ts';
import { useTalkingPhone } from '../place/useTalkingPhone.ts';
import { SignIn } from '../signin/SignIn.tsx';
import { Empty } from '../ui/Empty.tsx';
import classes from './Session.module.css';
import { useServerEvents } from './useServerEvents.ts';
import { Shell } from './Shell.tsx';

/** How often a page without a server asks for it, in milliseconds. */
const ASK_AGAIN_MS = 5_000;

type Leave = (because: 'signed_out' | 'expired') => void;

/** Either the sign-in or the phone, as the server's session says. */
export function Session() {
  const { t } = useTranslation();
  const { api, talkOn } = useBackend();
  const queries = useQueryClient();
  const [expired, setExpired] = useState(false);
  const session = useQuery({
    queryKey: ['session'],
    queryFn: () => api.session(),
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.status === 'error' ? ASK_AGAIN_MS : false),
  });

  // Nothing of one person's may wait for the next, who begins only when that is so.
  const person = session.data === undefined ? undefined : (session.data?.id ?? null);
  const ready = useSyncExternalStore(
    (changed) => talkOn.subscribe(changed),
    () => talkOn.person(),
  );
  useEffect(() => {
    if (person !== undefined) talkOn.belongTo(person);
  }, [talkOn, person]);

  const leave = useCallback<Leave>(
    (because) => {
      setExpired(because === 'expired');
      forgetLists(queries);
      queries.setQueryData(['session'], null);
    },
    [queries],
  );

  if (session.data === undefined) {
    if (!session.isError) return <Loading />;
    return (
      <main className={classes.wait} role="alert">
        <h1 className="hidden-text">farend</h1>
        <Empty
          icon={<IconPlugConnectedX />}
          title={t('line.awayTitle')}
          text={t('errors.away')}
          action={
            <Button loading={session.isFetching} onClick={() => void session.refetch()}>
              {t('app.retry')}
            </Button>
          }
        />
      </main>
    );
  }
  if (session.data === null) {
    const enter = (me: Me) => {
      setExpired(false);
      forgetLists(queries);
      queries.setQueryData(['session'], me);
    };
    return <SignIn expired={expired} onSignedIn={enter} />;
  }
  if (ready !== session.data.id) return <Loading />;
  return <SignedIn key={session.data.id} me={session.data} onLeave={leave} />;
}

function Loading() {
  const { t } = useTranslation();
  return (
    <main className={classes.wait}>
      <h1 className="hidden-text">farend</h1>
      <Loader role="status" aria-label={t('app.loading')} type="dots" />
    </main>
  );
}

function forgetLists(queries: QueryClient): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
}

function SignedIn({ me, onLeave }: { me: Me; onLeave: Leave }) {
  const { phone, desk, api, player } = useBackend();
  const signingOut = useRef(false);
  const expire = useCallback(() => {
    // Whoever signs out need not be told that the session ends.
    if (!signingOut.current) onLeave('expired');
  }, [onLeave]);
  useServerEvents(me, expire);
  useEffect(() => api.onSignedOut(expire), [api, expire]);
  const talking = useTalkingPhone(me, expire);
  useEffect(() => () => desk.forget(), [desk]);
  useEffect(() => () => player.stop(), [player]);

  const signOut = async () => {
    signingOut.current = true;
    phone.stop();
    await api.signOut().catch(() => undefined);
    onLeave('signed_out');
  };
  return (
    <MeProvider value={me}>
      <PhoneProvider value={talking}>
        <Shell onSignOut={() => void signOut()} />
      </PhoneProvider>
    </MeProvider>
  );
}
