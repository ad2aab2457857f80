import { Loader, Progress } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed, IconCircleMinus, IconRouteOff } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Reached } from '../api/check.ts';
import classes from './Check.module.css';
import type { Clock } from './instruments.ts';
import { isMeasured, partMeasured, type Measurement, type Run, type WayState } from './state/run.ts';

/** How often the bar moves, in milliseconds. */
const DRAW_EVERY_MS = 250;

export type StepState = 'waiting' | 'running' | 'done' | 'failed' | 'left_out';

/** What is measured without the person, in plain words. */
export function Steps({ run, clock }: { run: Run; clock: Clock }) {
  const { t } = useTranslation();
  const [now, setNow] = useState(() => clock.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(clock.now()), DRAW_EVERY_MS);
    return () => clearInterval(timer);
  }, [clock]);
  const done = isMeasured(run);
  const steps: [string, StepState][] = [
    [t('check.step.reach'), both(reachedState(run.page), reachedState(run.websocket))],
    [t('check.step.router'), measurementState(run.gathering)],
    [t('check.step.speed'), measurementState(run.bandwidth)],
    [t('check.step.udp'), wayState(run.ways.udp)],
    [t('check.step.tcp'), wayState(run.ways.tcp)],
    [t('check.step.tls'), wayState(run.ways.tls)],
  ];
  return (
    <section className={classes.card} aria-labelledby="check-steps">
      <div role="status">
        <h2 id="check-steps">{done ? t('check.measured') : t('check.measuring')}</h2>
      </div>
      <Progress
        value={100 * partMeasured(run, now)}
        size="lg"
        radius="xl"
        color={done ? 'leaf' : undefined}
        aria-label={t('check.progress')}
      />
      <ol className={classes.steps}>
        {steps.map(([name, state]) => (
          <li key={name} data-state={state}>
            <StepIcon state={state} />
            <span>{name}</span>
            <span className={classes.stepState}>{t(`check.stepState.${state}`)}</span>
          </li>
        ))}
      </ol>
      {done && <p className={classes.soft}>{t('check.waitsForYou')}</p>}
    </section>
  );
}

function StepIcon({ state }: { state: StepState }) {
  switch (state) {
    case 'waiting':
      return <IconCircleDashed size={20} aria-hidden="true" />;
    case 'running':
      return <Loader size={18} aria-hidden="true" />;
    case 'done':
      return <IconCircleCheck size={20} aria-hidden="true" />;
    case 'failed':
      return <IconRouteOff size={20} aria-hidden="true" />;
    case 'left_out':
      return <IconCircleMinus size={20} aria-hidden="true" />;
  }
}

function measurementState(measurement: Measurement<unknown>): StepState {
  if (measurement.is !== 'done') return measurement.is;
  return measurement.value === null ? 'left_out' : 'done';
}

function reachedState(measurement: Measurement<Reached>): StepState {
  if (measurement.is === 'done' && measurement.value?.is_reached === false) return 'failed';
  return measurementState(measurement);
}

function both(one: StepState, other: StepState): StepState {
  for (const state of ['running', 'waiting', 'failed', 'done'] as const) {
    if (one === state || other === state) return state;
  }
  return 'left_out';
}

function wayState(way: WayState): StepState {
  switch (way.is) {
    case 'waiting':
      return 'waiting';
    case 'connecting':
    case 'listening':
    case 'closing':
      return 'running';
    case 'done':
      if (way.test === null) return 'left_out';
      return way.test.is_connected ? 'done' : 'failed';
  }
}
