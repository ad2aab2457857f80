import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconStethoscope,
  type Icon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TrunkTest, TrunkTestStep } from '../../api/types.ts';
import { Verdict } from './Verdict.tsx';
import { useMoment } from './TrunkStateWords.tsx';

const TONES = { running: 'wait', failed: 'bad', warning: 'wait', passed: 'good' } as const;
const ICONS: Record<keyof typeof TONES, Icon> = {
  running: IconStethoscope,
  failed: IconCircleX,
  warning: IconAlertTriangle,
  passed: IconCircleCheck,
};

/** What all steps come to, in one sentence. */
export function TestVerdict({ test }: { test: TrunkTest }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const is = test.running ? 'running' : worstOf(test.steps);
  const count = test.steps.filter(({ result }) => result === is).length;
  return (
    <div role="status">
      <Verdict tone={TONES[is]} icon={ICONS[is]} title={t(`trunkTest.verdict.${is}`, { count })}>
        {t('trunkTest.startedAt', { time: moment(test.started_at) })}
      </Verdict>
    </div>
  );
}

function worstOf(steps: readonly TrunkTestStep[]): 'failed' | 'warning' | 'passed' {
  if (steps.some(({ result }) => result === 'failed')) return 'failed';
  return steps.some(({ result }) => result === 'warning') ? 'warning' : 'passed';
}
