import { IconAntennaBarsOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Network, StunServer, StunState } from '../../api/types.ts';
import { localeOf } from '../../i18n/i18n.ts';
import { Empty } from '../../ui/Empty.tsx';
import table from '../Admin.module.css';
import classes from './Network.module.css';
import { Tag } from './Tag.tsx';

/** Who tells the server how the internet sees it, and what each has seen. */
export function StunServers({ network: { stun } }: { network: Network }) {
  const { t } = useTranslation();
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
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">{t('network.stun.server')}</th>
                <th scope="col">{t('network.stun.sees')}</th>
                <th scope="col">{t('network.stun.roundTrip')}</th>
                <th scope="col">{t('admin.state')}</th>
              </tr>
            </thead>
            <tbody>
              {stun.servers.map((server) => (
                <Row key={`${server.trunk ?? ''} ${server.name} ${server.address ?? ''}`} server={server} />
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}

function Row({ server }: { server: StunServer }) {
  const { t, i18n } = useTranslation();
  const time = server.round_trip_ms;
  return (
    <tr>
      <td className={classes.server}>
        {server.name}
        {server.address !== null && server.address !== server.name && (
          <div className={`${classes.soft ?? ''} figures`}>{server.address}</div>
        )}
        {server.error !== null && (
          <div className={classes.soft} lang="en">
            {server.error}
          </div>
        )}
      </td>
      <td className={figures(server.public)} data-label={t('network.stun.sees')}>
        {server.public ?? '–'}
      </td>
      <td className={figures(time)} data-label={t('network.stun.roundTrip')}>
        {time === null ? '–' : t('network.stun.time', { time: timeWords(time, localeOf(i18n.language)) })}
      </td>
      <td>
        <Tag tone={toneOf(server.state)}>{t(`network.stun.state.${server.state}`)}</Tag>
      </td>
    </tr>
  );
}

/** A figure's cell; the dash for one that is missing has no place on a phone. */
function figures(value: string | number | null): string {
  return value === null ? `figures ${classes.nothing ?? ''}` : 'figures';
}

/** Milliseconds as precise as they are worth. */
function timeWords(time_ms: number, locale: string): string {
  return time_ms.toLocaleString(locale, { maximumFractionDigits: time_ms < 10 ? 1 : 0 });
}

function toneOf(state: StunState) {
  switch (state) {
    case 'answering':
      return 'good';
    case 'asking':
      return 'wait';
    case 'silent':
    case 'refusing':
    case 'unresolved':
      return 'bad';
    case 'unused':
      return 'quiet';
  }
}
