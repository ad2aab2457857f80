import { Tabs } from '@mantine/core';
import { IconShieldLock } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Doctor } from '../doctor/Doctor.tsx';
import { DoctorBadge } from '../doctor/DoctorBadge.tsx';
import { useParts } from '../shell/route.ts';
import { Empty } from '../ui/Empty.tsx';
import classes from './Admin.module.css';
import { Attendant } from './attendant/Attendant.tsx';
import { AuditLog } from './AuditLog.tsx';
import { DevicesTable } from './DevicesTable.tsx';
import { Features } from './features/Features.tsx';
import { Network } from './Network.tsx';
import { Outside } from './outside/Outside.tsx';
import { RecordingAdmin } from './recording/RecordingAdmin.tsx';
import { Teams } from './teams/Teams.tsx';
import { UsersTable } from './UsersTable.tsx';

/** Who works here, which phones and teams they have, by which providers they call, and how the world reaches this server, and who has changed that. */
export function Admin({ allowed }: { allowed: boolean }) {
  const { t } = useTranslation();
  const [at] = useParts();
  const [tab, setTab] = useState('people');
  const isDoctor = at === 'doctor';
  // Only the doctor's pages have addresses of their own: findings and results are linked from elsewhere.
  const open = (next: string) => {
    if (next !== 'doctor') setTab(next);
    if (isDoctor !== (next === 'doctor'))
      window.location.hash = next === 'doctor' ? '/admin/doctor' : '/admin';
  };
  if (!allowed) return <Empty icon={<IconShieldLock />} title={t('admin.title')} text={t('admin.denied')} />;
  return (
    <div className={classes.page}>
      <h1>{t('admin.title')}</h1>
      <Tabs
        value={isDoctor ? 'doctor' : tab}
        onChange={(next) => next !== null && open(next)}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="people">{t('admin.people')}</Tabs.Tab>
          <Tabs.Tab value="devices">{t('admin.devices')}</Tabs.Tab>
          <Tabs.Tab value="teams">{t('teams.tab')}</Tabs.Tab>
          <Tabs.Tab value="features">{t('features.tab')}</Tabs.Tab>
          <Tabs.Tab value="attendant">{t('attendant.tab')}</Tabs.Tab>
          <Tabs.Tab value="recording">{t('recordingAdmin.tab')}</Tabs.Tab>
          <Tabs.Tab value="outside">{t('admin.outside')}</Tabs.Tab>
          <Tabs.Tab value="network">{t('admin.network')}</Tabs.Tab>
          <Tabs.Tab value="doctor">
            {t('doctor.tab')} <DoctorBadge />
          </Tabs.Tab>
          <Tabs.Tab value="audit">{t('audit.tab')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people">
          <UsersTable />
        </Tabs.Panel>
        <Tabs.Panel value="devices">
          <DevicesTable />
        </Tabs.Panel>
        <Tabs.Panel value="teams">
          <Teams />
        </Tabs.Panel>
        <Tabs.Panel value="features">
          <Features />
        </Tabs.Panel>
        <Tabs.Panel value="attendant">
          <Attendant />
        </Tabs.Panel>
        <Tabs.Panel value="recording">
          <RecordingAdmin />
        </Tabs.Panel>
        <Tabs.Panel value="outside">
          <Outside />
        </Tabs.Panel>
        <Tabs.Panel value="network">
          <Network />
        </Tabs.Panel>
        <Tabs.Panel value="doctor">
          <Doctor />
        </Tabs.Panel>
        <Tabs.Panel value="audit">
          <AuditLog />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}
