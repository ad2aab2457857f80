import { IconScale } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../../ui/Notice.tsx';
import outside from '../outside/Outside.module.css';
import { RulesSection } from './RulesSection.tsx';
import { SettingsSection } from './SettingsSection.tsx';
import { StorageSection } from './StorageSection.tsx';

/** How calls are recorded here, which ones without anybody's doing, and how much room that takes. */
export function RecordingAdmin() {
  const { t } = useTranslation();
  return (
    <div className={outside.sections}>
      <Notice tone="calm" role="note" icon={<IconScale size={20} />} title={t('recordingAdmin.lawTitle')}>
        {t('recordingAdmin.law')}
      </Notice>
      <SettingsSection />
      <RulesSection />
      <StorageSection />
    </div>
  );
}
