import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconHelpCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Network } from '../../api/types.ts';
import { toneOf, type Finding, type Tone } from './meaning.ts';
import classes from './Network.module.css';

/** What it all means, in one sentence; what to do about it, in another. */
export function FindingCard({
  network,
  finding: { meaning, family },
  action,
}: {
  network: Network;
  finding: Finding;
  action: ReactNode;
}) {
  const { t } = useTranslation();
  const tone = toneOf(meaning);
  const ports = { tcp: network.tcp_port, udp: network.udp_port };
  return (
    <section className={classes.finding} data-tone={tone}>
      <span className={classes.findingIcon} aria-hidden="true">
        <ToneIcon tone={tone} />
      </span>
      <div className={classes.findingWords} role="status">
        <h2>{t(`network.finding.${meaning}`, ports)}</h2>
        <p>{t(`network.finding.${meaning}Text`, ports)}</p>
        {family === 'ipv6' && <p>{t('network.aboutIpv6')}</p>}
      </div>
      <div className={classes.findingAction}>{action}</div>
    </section>
  );
}

function ToneIcon({ tone }: { tone: Tone }) {
  switch (tone) {
    case 'good':
      return <IconCircleCheck size={28} />;
    case 'fair':
      return <IconAlertTriangle size={28} />;
    case 'bad':
      return <IconCircleX size={28} />;
    case 'open':
      return <IconHelpCircle size={28} />;
  }
}
