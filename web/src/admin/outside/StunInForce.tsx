import { useTranslation } from 'react-i18next';
import type { Trunk } from '../../api/types.ts';
import { sentenceOf } from '../../ui/sentence.ts';
import { useTimeWords } from '../../ui/time.ts';
import { StunStateTag } from '../network/StunStateTag.tsx';
import { Fact } from './Fact.tsx';
import classes from './Outside.module.css';

/** Which STUN server tells the trunk our public address, and why that one. */
export function StunInForce({ trunk }: { trunk: Trunk }) {
  const { t } = useTranslation();
  const time = useTimeWords();
  const stun = trunk.stun_in_force;
  const code = stunCodeOf(stun.code);
  const words = { own: trunk.stun ?? '', server: stun.server ?? '', seen: stun.public ?? '' };
  return (
    <section className={classes.line}>
      <h3>
        {t('outside.detail.stun')}
        {stun.server !== null && <StunStateTag state={stun.state} />}
      </h3>
      <p className={classes.sentence}>
        {code === null ? <span lang="en">{sentenceOf(stun.text)}</span> : t(`outside.stun.${code}`, words)}
      </p>
      {stun.server !== null && (
        <dl className={classes.facts}>
          <Fact term={t('outside.detail.server')}>{stun.server}</Fact>
          {stun.public !== null && <Fact term={t('network.stun.sees')}>{stun.public}</Fact>}
          {stun.round_trip_ms !== null && (
            <Fact term={t('outside.detail.roundTrip')}>{time(stun.round_trip_ms)}</Fact>
          )}
        </dl>
      )}
    </section>
  );
}

/** Reasons with words of their own; others are told in the server's. */
const CODES = ['own', 'own_silent', 'own_elsewhere', 'elsewhere', 'system', 'not_needed', 'none'] as const;
export type StunCode = (typeof CODES)[number];

function stunCodeOf(code: string): StunCode | null {
  return CODES.find((each) => each === code) ?? null;
}
