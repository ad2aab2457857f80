import { IconAntennaBarsOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Network, StunServer } from '../../api/types.ts';
import { Empty } from '../../ui/Empty.tsx';
import { useTimeWords } from '../../ui/time.ts';
import { DataTable, type Column } from '../DataTable.tsx';
import classes from './Network.module.css';
import { StunStateTag } from './StunStateTag.tsx';

/** Who tells the server how the internet sees it, and what each has seen. */
export function StunServers({ network: { stun } }: { network: Network }) {
  const { t } = useTranslation();
  const columns = useColumns();
  const notNeeded = stun.asks ? undefined : t('network.stun.notNeeded', { mode: stun.mode });
  return (
    <section className={classes.wide} aria-labelledby="network-stun">
      <div className={classes.heading}>
        <h2 id="network-stun">{t('network.stun.title')}</h2>
        <span className={classes.soft}>{t('network.stun.mode', { mode: stun.mode })}</span>
      </div>
      {stun.servers.length === 0 ? (
        <Empty
          icon={<IconAntennaBarsOff />}
          title={t('network.stun.emptyTitle')}
          text={notNeeded ?? t('network.stun.emptyText')}
        />
      ) : (
        <>
          {notNeeded !== undefined && <p className={classes.note}>{notNeeded}</p>}
          <DataTable
            columns={columns}
            items={stun.servers}
            keyOf={({ name, address, trunk }) => `${name} ${address ?? ''} ${trunk ?? ''}`}
          />
        </>
      )}
    </section>
  );
}

function useColumns(): Column<StunServer>[] {
  const { t } = useTranslation();
  const time = useTimeWords();
  return [
    {
      title: t('network.stun.server'),
      plain: true,
      className: classes.server,
      cell: (server) => <Name server={server} />,
    },
    {
      title: t('network.stun.sees'),
      className: (server) => figures(server.public),
      cell: (server) => server.public ?? '–',
    },
    {
      title: t('network.stun.roundTrip'),
      className: ({ round_trip_ms }) => figures(round_trip_ms),
      cell: ({ round_trip_ms }) => (round_trip_ms === null ? '–' : time(round_trip_ms)),
    },
    {
      title: t('admin.state'),
      plain: true,
      cell: ({ state }) => <StunStateTag state={state} />,
    },
  ];
}

/** As it is configured, whose it is, where that leads, and what is wrong with it. */
function Name({ server: { name, address, trunk, error } }: { server: StunServer }) {
  const { t } = useTranslation();
  return (
    <>
      {name}
      {trunk !== null && <div className={classes.soft}>{t('network.stun.ofTrunk', { trunk })}</div>}
      {address !== null && address !== name && (
        <div className={`${classes.soft ?? ''} figures`}>{address}</div>
      )}
      {error !== null && (
        <div className={classes.soft} lang="en">
          {error}
        </div>
      )}
    </>
  );
}

/** A figure's cell; the dash for one that is missing has no place on a phone. */
function figures(value: string | number | null): string {
  return value === null ? `figures ${classes.nothing ?? ''}` : 'figures';
}
