import { IconRouter } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { MappingLifetime, Nat, Network } from '../../api/types.ts';
import { localeOf } from '../../i18n/i18n.ts';
import { Empty } from '../../ui/Empty.tsx';
import classes from './Network.module.css';

/** How whatever stands between this server and the internet treats UDP, in the words of RFC 4787. */
export function Router({ network: { nat, stun } }: { network: Network }) {
  const { t } = useTranslation();
  // Nothing will be measured: the server list has said why.
  if (nat.length === 0 && (!stun.asks || stun.servers.length === 0)) return null;
  return (
    <section className={classes.card} aria-labelledby="network-router">
      <h2 id="network-router">{t('network.router.title')}</h2>
      {nat.length === 0 && (
        <Empty icon={<IconRouter />} title={t('network.router.empty')} text={t('network.router.emptyText')} />
      )}
      <div className={classes.families}>
        {nat.map((each) => (
          <Behaviour key={each.family} nat={each} named={nat.length > 1} />
        ))}
      </div>
    </section>
  );
}

function Behaviour({ nat, named }: { nat: Nat; named: boolean }) {
  const { t, i18n } = useTranslation();
  const yesNo = (value: boolean | null) => {
    if (value === null) return t('network.router.notKnown');
    return value ? t('network.router.yes') : t('network.router.no');
  };
  const time = new Date(nat.measured_at).toLocaleString(localeOf(i18n.language), {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  return (
    <div className={classes.family}>
      {(named || nat.family === 'ipv6') && <h3>{t(`network.router.family.${nat.family}`)}</h3>}
      <dl className={classes.behaviour}>
        <Term name={t('network.router.type')}>{t(`network.router.types.${nat.rfc3489_type}`)}</Term>
        <Term name={t('network.router.mapping')}>{t(`network.router.mappings.${nat.mapping}`)}</Term>
        <Term name={t('network.router.filtering')}>{t(`network.router.filterings.${nat.filtering}`)}</Term>
        <Term name={t('network.router.ports')}>{yesNo(nat.port_preserved)}</Term>
        <Term name={t('network.router.hairpin')}>{yesNo(nat.hairpin)}</Term>
        <Term name={t('network.router.lifetime')}>{lifetimeWords(nat.mapping_lifetime, t)}</Term>
        <Term name={t('network.router.confidence')}>{t(`network.router.confidences.${nat.confidence}`)}</Term>
      </dl>
      <details className={classes.detail}>
        <summary>{t('network.router.detail')}</summary>
        <p lang="en">{nat.sentence}</p>
      </details>
      <p className={classes.hint}>{t('network.router.measured', { time })}</p>
    </div>
  );
}

function Term({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="figures">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** How long an idle mapping lives, as narrowly as it is known. */
export function lifetimeWords(lifetime: MappingLifetime | null, t: TFunction): string {
  const from = lifetime?.at_least_s ?? null;
  const to = lifetime?.less_than_s ?? null;
  if (from !== null && to !== null) return t('network.router.between', { from, to });
  if (from !== null) return t('network.router.atLeast', { from });
  if (to !== null) return t('network.router.lessThan', { to });
  return t('network.router.notKnown');
}
