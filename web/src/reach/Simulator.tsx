import { Checkbox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { IconAlertCircle } from '@tabler/icons-react';
import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { SelectField, TextField } from '../admin/fields.tsx';
import type { Reaching, Supposed } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { useDirectory } from '../people/directory.ts';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import { plainNumber } from './forwards.ts';
import { NumberField } from './NumberField.tsx';
import classes from './Reach.module.css';
import { nextSunday, timeOf } from './moment.ts';
import { useStepWords, type StepWords } from './steps.ts';

/** How long somebody has to stop typing before the server is asked, in milliseconds. */
const PAUSE_MS = 250;

interface SimulatorProps {
  /** To whom; `null` oneself. */
  user: number | null;
  /** As it is being written, saved or not. */
  reaching: Reaching;
}

/** A question is answered as it is typed; Enter would send the form around it. */
function swallowEnter(event: KeyboardEvent): void {
  if (event.key === 'Enter') event.preventDefault();
}

/** What would happen if somebody called: the decisions that a call would meet, step by step. */
export function Simulator({ user, reaching }: SimulatorProps) {
  const { t } = useTranslation();
  const [number, setNumber] = useState('');
  const [isAnonymous, setIsAnonymous] = useState(false);
  const [isLater, setIsLater] = useState(false);
  const [moment, setMoment] = useState(() => nextSunday(new Date()));
  const typed = plainNumber(number);
  const at = isLater ? timeOf(moment) : null;
  return (
    <div className={classes.part} role="presentation" onKeyDown={swallowEnter}>
      <h3>{t('reach.simulator.title')}</h3>
      <div className={classes.question}>
        <div>
          <NumberField
            label={t('reach.simulator.who')}
            value={isAnonymous ? '' : number}
            disabled={isAnonymous}
            placeholder={t('reach.simulator.whoHint')}
            onChange={setNumber}
          />
        </div>
        <SelectField
          label={t('reach.simulator.when')}
          value={isLater ? 'later' : 'now'}
          data={[
            { value: 'now', label: t('reach.simulator.now') },
            { value: 'later', label: t('reach.simulator.later') },
          ]}
          onChange={(value) => setIsLater(value === 'later')}
        />
        {isLater && (
          <TextField
            label={t('reach.simulator.moment')}
            type="datetime-local"
            value={moment}
            onChange={setMoment}
            error={at === null ? t('reach.wrong.moment') : undefined}
          />
        )}
      </div>
      <Checkbox
        label={t('reach.simulator.anonymous')}
        checked={isAnonymous}
        onChange={(event) => setIsAnonymous(event.currentTarget.checked)}
      />
      {isAnonymous || typed !== '' ? (
        (!isLater || at !== null) && (
          <Answer user={user} supposed={{ from: isAnonymous ? null : typed, at, reaching }} />
        )
      ) : (
        <p className={classes.hint}>{t('reach.simulator.type')}</p>
      )}
    </div>
  );
}

function Answer({ user, supposed }: { user: number | null; supposed: Supposed }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const errorWords = useErrorWords();
  const { nameOf } = useDirectory();
  const stepWords = useStepWords();
  const [asked] = useDebouncedValue(JSON.stringify(supposed), PAUSE_MS);
  const steps = useQuery({
    queryKey: ['reaching', 'simulated', user, asked],
    queryFn: () => api.simulateReaching(user, JSON.parse(asked) as Supposed),
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
  });
  if (steps.error !== null) {
    return (
      <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
        {errorWords(steps.error)}
      </Notice>
    );
  }
  return (
    <div role="status" aria-label={t('reach.simulator.answer')} aria-busy={steps.isFetching}>
      <ol className={classes.steps}>
        {(steps.data ?? []).map((step, index) => (
          <StepItem key={index} words={stepWords(step, (number) => nameOf({ number, name: null }))} />
        ))}
      </ol>
    </div>
  );
}

function StepItem({ words: { after, parts } }: { words: StepWords }) {
  return (
    <li>
      <span>
        {after !== null && <span className={classes.after}>{after}: </span>}
        {parts.map(({ text, isEnglish }, index) => (
          <span key={index} lang={isEnglish ? 'en' : undefined}>
            {text}
          </span>
        ))}
      </span>
    </li>
  );
}
