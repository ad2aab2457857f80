import { useTranslation } from 'react-i18next';
import type { Network } from '../../api/types.ts';
import { isLoopback } from './addresses.ts';
import { udpForwardOf, type Finding } from './meaning.ts';
import classes from './Network.module.css';
import { Tag } from '../../ui/Tag.tsx';

/** What the office's router is to let in: one port, and another one that helps. */
export function Forwards({ network, finding }: { network: Network; finding: Finding }) {
  const { t } = useTranslation();
  const address = network.interfaces.find((each) => !isLoopback(each)) ?? t('network.forward.thisServer');
  return (
    <section className={classes.card} aria-labelledby="network-forward">
      <h2 id="network-forward">{t('network.forward.title')}</h2>
      <ul className={classes.ports}>
        <li>
          <strong className="figures">{`TCP ${network.tcp_port}`}</strong>
          <Tag tone="accent">{t('network.forward.needed')}</Tag>
          <p className="figures">{t('network.forward.route', { address })}</p>
          <p>{t('network.forward.tcp')}</p>
        </li>
        <li>
          <strong className="figures">{`UDP ${network.udp_port}`}</strong>
          <Tag tone="quiet">{t('network.forward.optional')}</Tag>
          <p className="figures">{t('network.forward.route', { address })}</p>
          <p>{t(`network.forward.udp.${udpForwardOf(finding.meaning)}`)}</p>
        </li>
      </ul>
      <p className={classes.hint}>{t('network.forward.nothingElse')}</p>
    </section>
  );
}
