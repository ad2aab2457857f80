import { Button } from '@mantine/core';
import { IconMapPin } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../../ui/Notice.tsx';
import { NumberPlanForm } from './NumberPlanForm.tsx';
import { NumberPlanFacts } from './NumberPlanFacts.tsx';
import { Numbers } from './Numbers.tsx';
import classes from './Outside.module.css';
import { useNumberPlan } from './queries.ts';
import { Routes } from './Routes.tsx';
import { Simulator } from './Simulator.tsx';
import { Trunks } from './Trunks.tsx';

/** Calls to and from the world: by which providers, which way, and where calls to our numbers go. */
export function Outside() {
  const { t } = useTranslation();
  const plan = useNumberPlan();
  const [editing, setEditing] = useState(false);
  const edit = () => setEditing(true);
  return (
    <div className={classes.sections}>
      {plan.data?.country === null && (
        <Notice
          tone="wait"
          icon={<IconMapPin size={20} />}
          title={t('outside.plan.firstTitle')}
          action={<Button onClick={edit}>{t('outside.plan.first')}</Button>}
        >
          {t('outside.plan.firstText')}
        </Notice>
      )}
      <Trunks />
      <Simulator />
      <Routes />
      <Numbers />
      <NumberPlanFacts onEdit={edit} />
      {editing && plan.data !== undefined && (
        <NumberPlanForm plan={plan.data} onClose={() => setEditing(false)} />
      )}
    </div>
  );
}
