import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Network } from '../../api/types.ts';
import { isLoopback } from './addresses.ts';
import classes from './Network.module.css';

/** Under which addresses and names the server is reached. */
export function Addresses({ network }: { network: Network }) {
  const { t } = useTranslation();
  const { interfaces, public_addresses, stated, public_host, pages, stun } = network;
  const outward = interfaces.filter((address) => !isLoopback(address));
  const severalInside = new Set(public_addresses.map((each) => each.local)).size > 1;
  return (
    <section className={classes.card} aria-labelledby="network-addresses">
      <h2 id="network-addresses">{t('network.addresses.title')}</h2>
      <dl className={classes.facts}>
        <Fact term={t('network.addresses.inside')}>
          {(outward.length > 0 ? outward : interfaces).map((address) => (
            <dd key={address}>{address}</dd>
          ))}
        </Fact>
        <Fact term={stun.asks ? t('network.addresses.public') : t('network.addresses.publicStated')}>
          {public_addresses.map((each) => (
            <dd key={`${each.local} ${each.public}`}>
              {each.public}
              {severalInside && (
                <span className={classes.soft}> {t('network.addresses.of', { address: each.local })}</span>
              )}
            </dd>
          ))}
        </Fact>
        {stated.length > 0 && (
          <Fact term={t('network.addresses.stated')}>
            {stated.map((address) => (
              <dd key={address}>{address}</dd>
            ))}
          </Fact>
        )}
        {public_host !== null && (
          <Fact term={t('network.addresses.host')}>
            <dd>{public_host}</dd>
          </Fact>
        )}
        <Fact term={t('network.addresses.pages')}>
          {pages.map(({ host, addresses }) => (
            <dd key={host}>
              {host}
              <span className={classes.soft}>
                {' '}
                {addresses.length > 0 ? addresses.join(', ') : t('network.addresses.noAddress')}
              </span>
            </dd>
          ))}
        </Fact>
      </dl>
    </section>
  );
}

/** A term and its values; says so when there are none. */
function Fact({ term, children }: { term: string; children: ReactNode[] | ReactNode }) {
  const { t } = useTranslation();
  const isEmpty = Array.isArray(children) && children.length === 0;
  return (
    <div className="figures">
      <dt>{term}</dt>
      {isEmpty ? <dd className={classes.soft}>{t('network.addresses.none')}</dd> : children}
    </div>
  );
}
