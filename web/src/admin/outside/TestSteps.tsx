import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleMinus,
  IconCircleX,
  IconLoader2,
  type Icon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TrunkTestStep } from '../../api/types.ts';
import { Tag } from '../../ui/Tag.tsx';
import { useTimeWords } from '../../ui/time.ts';
import classes from './TestSteps.module.css';
import { useSeen, useSentence } from './testWords.ts';

type Result = TrunkTestStep['result'];

const TONES: Record<Result, 'good' | 'wait' | 'bad' | 'accent' | 'quiet'> = {
  waiting: 'quiet',
  running: 'accent',
  passed: 'good',
  warning: 'wait',
  failed: 'bad',
  left_out: 'quiet',
};
const ICONS: Record<Result, Icon> = {
  waiting: IconCircleDashed,
  running: IconLoader2,
  passed: IconCircleCheck,
  warning: IconAlertTriangle,
  failed: IconCircleX,
  left_out: IconCircleMinus,
};

interface TestStepsProps {
  steps: readonly TrunkTestStep[];
  /** Whether steps have to say which account they are about. */
  severalAccounts: boolean;
}

/** The steps of a test in their order, each with its result in words. */
export function TestSteps({ steps, severalAccounts }: TestStepsProps) {
  const { t } = useTranslation();
  return (
    <ol className={classes.steps} aria-label={t('trunkTest.steps')}>
      {steps.map((step) => (
        <Step key={`${step.step} ${step.account ?? ''}`} step={step} named={severalAccounts} />
      ))}
    </ol>
  );
}

function Step({ step, named }: { step: TrunkTestStep; named: boolean }) {
  const { t } = useTranslation();
  const time = useTimeWords();
  const { result, took_ms } = step;
  const Picture = ICONS[result];
  return (
    <li className={classes.step} data-result={result}>
      <span className={classes.icon} aria-hidden="true">
        <Picture size={22} />
      </span>
      <div className={classes.head}>
        <span className={classes.name}>
          {t(`trunkTest.step.${step.step}`)}
          {named && step.account !== null && <span className={classes.account}> {step.account}</span>}
        </span>
        <Tag tone={TONES[result]}>{t(`trunkTest.result.${result}`)}</Tag>
        {took_ms !== null && <span className={`${classes.took ?? ''} figures`}>{time(took_ms)}</span>}
      </div>
      <Sentence step={step} />
      <Details step={step} />
    </li>
  );
}

function Sentence({ step }: { step: TrunkTestStep }) {
  const { words, isServers } = useSentence()(step);
  if (words === '') return null;
  return (
    <p className={classes.words} lang={isServers ? 'en' : undefined}>
      {words}
    </p>
  );
}

/** What was seen. */
function Details({ step }: { step: TrunkTestStep }) {
  const { t } = useTranslation();
  const seen = useSeen()(step);
  if (seen.length === 0) return null;
  return (
    <details className={classes.details}>
      <summary>{t('trunkTest.details')}</summary>
      <dl>
        {seen.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
