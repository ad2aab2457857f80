import { Button } from '@mantine/core';
import { IconStethoscope } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { LineState, Trunk, TrunkLine } from '../../api/types.ts';
import { Tag } from '../../ui/Tag.tsx';
import { useTimeWords } from '../../ui/time.ts';
import form from '../Admin.module.css';
import { Dialog } from '../Dialog.tsx';
import { Fact } from './Fact.tsx';
import classes from './Outside.module.css';
import { StunInForce } from './StunInForce.tsx';
import { TroubleWords, useMoment } from './TrunkStateWords.tsx';

interface TrunkDetailProps {
  trunk: Trunk;
  onTest: () => void;
  onClose: () => void;
}

/** What is known of each line of a trunk, and who tells it our public address. */
export function TrunkDetail({ trunk, onTest, onClose }: TrunkDetailProps) {
  const { t } = useTranslation();
  return (
    <Dialog size="lg" onClose={onClose} title={trunk.name}>
      <div className={form.form}>
        {trunk.lines.length === 0 && <p className={classes.hint}>{t('outside.detail.off')}</p>}
        <div>
          {trunk.lines.map((line) => (
            <Line key={line.account ?? ''} line={line} />
          ))}
          {trunk.enabled && <StunInForce trunk={trunk} />}
        </div>
        <div className={form.buttons}>
          <Button
            variant="default"
            leftSection={<IconStethoscope size={18} aria-hidden="true" />}
            onClick={onTest}
          >
            {t('trunkTest.start')}
          </Button>
          <Button onClick={onClose}>{t('app.close')}</Button>
        </div>
      </div>
    </Dialog>
  );
}

function Line({ line }: { line: TrunkLine }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const time = useTimeWords();
  const { server } = line;
  return (
    <section className={classes.line}>
      <h3>
        {line.account === null
          ? t('outside.detail.byAddress')
          : t('outside.detail.account', { user: line.account })}
        <Tag tone={toneOf(line.state)}>{t(`outside.detail.state.${line.state}`)}</Tag>
      </h3>
      <dl className={classes.facts}>
        {line.since !== null && <Fact term={t('outside.detail.since')}>{moment(line.since)}</Fact>}
        {line.retry_at !== null && <Fact term={t('outside.detail.retry')}>{moment(line.retry_at)}</Fact>}
        {line.round_trip_ms !== null && (
          <Fact term={t('outside.detail.roundTrip')}>{time(line.round_trip_ms)}</Fact>
        )}
        <Fact term={t('outside.detail.server')}>
          {server === null
            ? t('outside.detail.noServer')
            : `${server.name}, ${server.address}, ${server.transport.toUpperCase()}`}
        </Fact>
        <Fact term={t('outside.detail.seenAs')}>{line.seen_as ?? t('outside.detail.notSeen')}</Fact>
        <Trouble line={line} />
      </dl>
    </section>
  );
}

/** What is wrong with a line, or was. */
function Trouble({ line: { state, trouble } }: { line: TrunkLine }) {
  const { t } = useTranslation();
  return (
    <div className={classes.whole}>
      <dt>{state === 'up' ? t('outside.detail.lastTrouble') : t('outside.detail.trouble')}</dt>
      <dd>{trouble === null ? t('outside.detail.noTrouble') : <TroubleWords trouble={trouble} />}</dd>
      {trouble !== null && (
        <dd className={classes.soft}>
          {t('outside.detail.exactly')} <span lang="en">“{trouble.text}”</span>
        </dd>
      )}
    </div>
  );
}

function toneOf(state: LineState) {
  switch (state) {
    case 'up':
      return 'good';
    case 'starting':
      return 'wait';
    case 'waiting':
      return 'bad';
  }
}
