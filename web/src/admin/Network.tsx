import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconAlertCircle, IconClock, IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../api/client.ts';
import type { Network as Picture } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import classes from './Admin.module.css';
import { ListState } from './ListState.tsx';
import { Addresses } from './network/Addresses.tsx';
import { FindingCard } from './network/FindingCard.tsx';
import { Forwards } from './network/Forwards.tsx';
import { findingOf } from './network/meaning.ts';
import layout from './network/Network.module.css';
import { Router } from './network/Router.tsx';
import { StunServers } from './network/StunServers.tsx';

/** How often the server is asked while somebody looks, in milliseconds. */
const ASK_EVERY_MS = 5_000;

/** What the server knows of its network, beginning with what that means. */
export function Network() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const errorWords = useErrorWords();
  const network = useQuery({
    queryKey: ['network'],
    queryFn: () => api.network(),
    refetchInterval: ASK_EVERY_MS,
    staleTime: 0,
  });
  return (
    <div className={layout.network}>
      {network.data === undefined ? (
        <div className={classes.card}>
          <ListState query={network} />
        </div>
      ) : (
        <>
          {network.error !== null && (
            <Notice tone="wait" icon={<IconAlertCircle size={20} />} title={errorWords(network.error)}>
              {t('network.stale')}
            </Notice>
          )}
          <Known network={network.data} />
        </>
      )}
    </div>
  );
}

function Known({ network }: { network: Picture }) {
  const finding = findingOf(network);
  return (
    <>
      <FindingCard network={network} finding={finding} action={<CheckAgain network={network} />} />
      <div className={layout.grid}>
        <Forwards network={network} finding={finding} />
        <Addresses network={network} />
      </div>
      <StunServers network={network} />
      <Router network={network} />
    </>
  );
}

/** Has the server look again; it refuses when it has only just looked. */
function CheckAgain({ network }: { network: Picture }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const queries = useQueryClient();
  const errorWords = useErrorWords();
  const check = useMutation({
    mutationFn: () => api.probeNetwork(),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['network'] }),
  });
  const tooSoon = check.error instanceof Refused && check.error.status === 429;
  return (
    <>
      {network.stun.asks && network.stun.servers.length > 0 && (
        <Button
          variant="default"
          leftSection={<IconRefresh size={18} aria-hidden="true" />}
          loading={check.isPending}
          disabled={network.probing}
          onClick={() => check.mutate()}
        >
          {network.probing ? t('network.checking') : t('network.check')}
        </Button>
      )}
      {check.error !== null && (
        <Notice
          tone={tooSoon ? 'calm' : 'bad'}
          role="alert"
          icon={tooSoon ? <IconClock size={20} /> : <IconAlertCircle size={20} />}
        >
          {errorWords(check.error)}
        </Notice>
      )}
    </>
  );
}
