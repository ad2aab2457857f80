import { Button, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { LineState, Trunk, TrunkLine } from '../../api/types.ts';
import form from '../Admin.module.css';
import { Tag } from '../network/Tag.tsx';
import classes from './Outside.module.css';
import { TroubleWords, useMoment } from './TrunkStateWords.tsx';

/** What is known of each line of a trunk. */
export function TrunkDetail({ trunk, onClose }: { trunk: Trunk; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={trunk.name}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <div className={form.form}>
        {trunk.lines.length === 0 && <p className={classes.hint}>{t('outside.detail.off')}</p>}
        <div>
          {trunk.lines.map((line) => (
            <Line key={line.account ?? ''} line={line} />
          ))}
        </div>
        <div className={form.buttons}>
          <Button onClick={onClose}>{t('app.close')}</Button>
        </div>
      </div>
    </Modal>
  );
}

function Line({ line }: { line: TrunkLine }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const { server, trouble } = line;
  return (
    <section className={classes.line}>
      <h3>
        {line.account === null
          ? t('outside.detail.byAddress')
          : t('outside.detail.account', { user: line.account })}
        <Tag tone={toneOf(line.state)}>{t(`outside.detail.state.${line.state}`)}</Tag>
      </h3>
      <dl className={classes.facts}>
        {line.since !== null && (
          <div>
            <dt>{t('outside.detail.since')}</dt>
            <dd>{moment(line.since)}</dd>
          </div>
        )}
        {line.retry_at !== null && (
          <div>
            <dt>{t('outside.detail.retry')}</dt>
            <dd>{moment(line.retry_at)}</dd>
          </div>
        )}
        <div>
          <dt>{t('outside.detail.server')}</dt>
          <dd className="figures">
            {server === null
              ? t('outside.detail.noServer')
              : `${server.name}, ${server.address}, ${server.transport.toUpperCase()}`}
          </dd>
        </div>
        <div>
          <dt>{t('outside.detail.seenAs')}</dt>
          <dd className="figures">{line.seen_as ?? t('outside.detail.notSeen')}</dd>
        </div>
        <div className={classes.whole}>
          <dt>{line.state === 'up' ? t('outside.detail.lastTrouble') : t('outside.detail.trouble')}</dt>
          <dd>{trouble === null ? t('outside.detail.noTrouble') : <TroubleWords trouble={trouble} />}</dd>
          {trouble !== null && (
            <dd className={classes.soft}>
              {t('outside.detail.exactly')} <span lang="en">“{trouble.text}”</span>
            </dd>
          )}
        </div>
      </dl>
    </section>
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
