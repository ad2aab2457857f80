import { Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { RecordingStorage } from '../../api/types.ts';
import { localeOf } from '../../i18n/i18n.ts';
import { sizeWords } from '../../ui/size.ts';
import { Tag } from '../../ui/Tag.tsx';
import { ListState } from '../ListState.tsx';
import outside from '../outside/Outside.module.css';
import { Section } from '../outside/Section.tsx';
import { useRecordingStorage } from './queries.ts';
import classes from './Recording.module.css';

const TONES = { fine: 'good', nearly_full: 'wait', full: 'bad', failing: 'bad' } as const;
const COLOURS = { fine: 'petrol', nearly_full: 'amber', full: 'signal', failing: 'signal' } as const;

/** How much room recordings take, of how much they may have. */
export function StorageSection() {
  const { t } = useTranslation();
  const storage = useRecordingStorage();
  return (
    <Section
      id="recording-storage"
      title={t('recordingAdmin.storage')}
      text={t('recordingAdmin.storageText')}
      action={
        storage.data !== undefined && (
          <Tag tone={TONES[storage.data.state]}>{t(`recordingAdmin.state.${storage.data.state}`)}</Tag>
        )
      }
    >
      <ListState query={storage} />
      {storage.data !== undefined && (
        <div className={outside.body}>
          <Meter storage={storage.data} />
        </div>
      )}
    </Section>
  );
}

function Meter({ storage }: { storage: RecordingStorage }) {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const { used_bytes, quota_bytes, disk_free_bytes, count, state, oldest } = storage;
  const part = quota_bytes === 0 ? 100 : Math.min(100, (100 * used_bytes) / quota_bytes);
  const used = t('recordingAdmin.used', {
    used: sizeWords(used_bytes, locale),
    quota: sizeWords(quota_bytes, locale),
  });
  return (
    <div className={classes.meter}>
      <p className={`${classes.used ?? ''} figures`}>{used}</p>
      <Progress.Root size={14} radius="xl">
        <Progress.Section value={part} color={COLOURS[state]} aria-label={used} />
      </Progress.Root>
      <dl className={outside.facts}>
        <div>
          <dt>{t('recordings.title')}</dt>
          <dd className="figures">{count.toLocaleString(locale)}</dd>
        </div>
        <div>
          <dt>{t('recordingAdmin.oldest')}</dt>
          <dd className="figures">
            {oldest === null ? '–' : new Date(oldest).toLocaleDateString(locale, { dateStyle: 'medium' })}
          </dd>
        </div>
        <div>
          <dt>{t('recordingAdmin.free')}</dt>
          <dd className="figures">{disk_free_bytes === null ? '–' : sizeWords(disk_free_bytes, locale)}</dd>
        </div>
      </dl>
      {state !== 'fine' && <p className={classes.fix}>{t(`recordingAdmin.alarm.${state}`)}</p>}
    </div>
  );
}
