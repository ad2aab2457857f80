import { IconCheck, IconPlugConnectedX, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CallWay, Explanation } from '../../api/types.ts';
import { sentenceOf } from '../../ui/sentence.ts';
import { Tag } from '../../ui/Tag.tsx';
import { classOf } from './classes.ts';
import { DenialWords } from './DenialWords.tsx';
import classes from './Outside.module.css';
import { Verdict } from './Verdict.tsx';

/** What a dialled number comes to, as one reads it aloud. */
export function Answer({ caller, explanation }: { caller: string; explanation: Explanation }) {
  const { t } = useTranslation();
  const { leads } = explanation;
  const meaning = <Meaning explanation={explanation} />;
  switch (leads.kind) {
    case 'person':
      return (
        <Verdict tone="good" icon={IconCheck} title={t('outside.simulator.person', { name: leads.name })}>
          {meaning}
        </Verdict>
      );
    case 'team':
    case 'room':
    case 'menu':
      return (
        <Verdict tone="good" icon={IconCheck} title={t('outside.simulator.person', { name: leads.name })}>
          <span lang="en">{sentenceOf(leads.text)}</span>
        </Verdict>
      );
    case 'feature':
      return (
        <Verdict tone="good" icon={IconCheck} title={t('outside.simulator.feature')}>
          <span lang="en">{sentenceOf(leads.text)}</span>
        </Verdict>
      );
    case 'nowhere':
      return (
        <Verdict tone="bad" icon={IconX} title={t('outside.simulator.nowhere')}>
          {meaning} <DenialWords denial={leads} />
          {explanation.class !== null && ` ${t('outside.simulator.nowhereFix')}`}
        </Verdict>
      );
    case 'outside': {
      const first = leads.ways.find((way) => way.up);
      const title =
        first === undefined
          ? t('outside.simulator.noWay', { name: caller })
          : t('outside.simulator.outside', { name: caller, trunk: first.trunk });
      return (
        <>
          <Verdict
            tone={first === undefined ? 'wait' : 'good'}
            icon={first === undefined ? IconPlugConnectedX : IconCheck}
            title={title}
          >
            {meaning}
          </Verdict>
          {leads.ways.length > 0 && (
            <ol className={classes.ways} aria-label={t('outside.simulator.order')}>
              {leads.ways.map((way, index) => (
                <Way key={way.trunk_id} way={way} place={index + 1} isTaken={way === first} />
              ))}
            </ol>
          )}
        </>
      );
    }
  }
}

/** What the number means, and its class. */
function Meaning({ explanation: { means, class: name } }: { explanation: Explanation }) {
  const { t } = useTranslation();
  const numberClass = classOf(name);
  if (means?.number == null) return null;
  const { number } = means;
  if (means.kind === 'internal') return <>{t('outside.simulator.means.internal', { number })}</>;
  if (means.kind === 'emergency') return <>{t('outside.simulator.means.emergency', { number })}</>;
  if (numberClass === null) return <>{t('outside.simulator.means.plain', { number })}</>;
  return (
    <>{t('outside.simulator.means.world', { number, numberClass: t(`outside.classWord.${numberClass}`) })}</>
  );
}

/** A trunk that may carry the call, with what its provider is told. */
function Way({ way, place, isTaken }: { way: CallWay; place: number; isTaken: boolean }) {
  const { t } = useTranslation();
  return (
    <li className={classes.way} data-first={isTaken}>
      <span className={`${classes.place ?? ''} figures`}>{place}.</span>
      <span>
        <span className={classes.name}>{way.trunk}</span>{' '}
        <span className={classes.soft}>
          {way.route === null
            ? t('outside.simulator.noRoute')
            : t('outside.simulator.byRoute', { route: way.route })}
        </span>
      </span>
      <Tag tone={way.up ? 'good' : 'bad'}>
        {way.up ? t('outside.simulator.up') : t('outside.simulator.down')}
      </Tag>
      <dl className={classes.sent}>
        <div>
          <dt>{t('outside.simulator.sent')}</dt>
          <dd>
            <code>{way.number}</code>
          </dd>
        </div>
        <div>
          <dt>From:</dt>
          <dd>
            <code>
              {way.display === '' ? '' : `"${way.display}" `}&lt;{way.from}&gt;
            </code>
          </dd>
        </div>
        {way.headers.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}:</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
