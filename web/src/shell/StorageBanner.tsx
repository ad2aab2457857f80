import { Button } from '@mantine/core';
import { IconDatabaseExclamation } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useRecordingStorage } from '../admin/recording/queries.ts';
import { useMe } from '../people/directory.ts';
import { Notice } from '../ui/Notice.tsx';
import { goTo } from './route.ts';

/** Tells administrators that recordings run out of room. */
export function StorageBanner() {
  const { t } = useTranslation();
  const isAdministrator = useMe().role === 'administrator';
  const { data } = useRecordingStorage(isAdministrator);
  if (!isAdministrator || data === undefined || data.state === 'fine') return null;
  const isBad = data.state !== 'nearly_full';
  return (
    <Notice
      tone={isBad ? 'bad' : 'wait'}
      role={isBad ? 'alert' : 'status'}
      icon={<IconDatabaseExclamation size={20} />}
      action={
        <Button size="xs" variant="default" onClick={() => goTo('admin')}>
          {t('app.nav.admin')}
        </Button>
      }
    >
      {t(`recordingAdmin.alarm.${data.state}`)}
    </Notice>
  );
}
