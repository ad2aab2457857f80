import { Button } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { NumberPlan } from '../../api/types.ts';
import { ListState } from '../ListState.tsx';
import classes from './Outside.module.css';
import { useNumberPlan, useTrunks } from './queries.ts';
import { Section } from './Section.tsx';

/** Where the company is in the telephone world, and what stops fraud. */
export function NumberPlanFacts({ onEdit }: { onEdit: () => void }) {
  const { t } = useTranslation();
  const plan = useNumberPlan();
  return (
    <Section
      id="outside-plan"
      title={t('outside.plan.title')}
      text={t('outside.plan.text')}
      action={
        plan.data !== undefined && (
          <Button
            variant="default"
            leftSection={<IconPencil size={18} aria-hidden="true" />}
            onClick={onEdit}
          >
            {t('outside.plan.edit')}
          </Button>
        )
      }
    >
      <ListState query={plan} />
      {plan.data !== undefined && (
        <div className={classes.body}>
          <Facts plan={plan.data} />
        </div>
      )}
    </Section>
  );
}

function Facts({ plan }: { plan: NumberPlan }) {
  const { t, i18n } = useTranslation();
  const trunks = useTrunks().data ?? [];
  const countries = new Intl.DisplayNames(i18n.language, { type: 'region' });
  const emergency = trunks.find(({ id }) => id === plan.emergency_trunk_id);
  const { limits } = plan;
  const facts = [
    [
      t('outside.plan.country'),
      plan.country === null ? t('outside.plan.noCountry') : countries.of(plan.country),
    ],
    [t('outside.plan.area'), plan.area ?? t('outside.plan.noArea')],
    [t('outside.plan.outside'), plan.outside ?? t('outside.plan.noOutside')],
    [t('outside.plan.emergency'), emergency?.name ?? t('outside.plan.noEmergency')],
    [t('outside.plan.timeZone'), plan.time_zone ?? t('outside.plan.systemZone')],
  ] as const;
  return (
    <dl className={classes.facts}>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <div className={classes.whole}>
        <dt>{t('outside.plan.limits')}</dt>
        <dd>
          {t('outside.plan.limitsWords', {
            calls: limits.calls_per_minute_max,
            costly: limits.costly_calls_max,
            minutes: limits.costly_minutes_per_day_max,
          })}
        </dd>
      </div>
    </dl>
  );
}
