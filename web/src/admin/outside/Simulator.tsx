import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../backend.ts';
import { useMe, useUsers } from '../../people/directory.ts';
import { useErrorWords } from '../../ui/errors.ts';
import { SelectField, TextField } from '../fields.tsx';
import { Answer } from './Answer.tsx';
import classes from './Outside.module.css';
import { Section } from './Section.tsx';

/** How long somebody has to stop typing before the server is asked, in milliseconds. */
const PAUSE_MS = 250;
/** What the server reads at most. */
const DIALLED_CHARS_MAX = 64;

/** What would happen if somebody dialled a number: the decision that a call would take. */
export function Simulator() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const errorWords = useErrorWords();
  const me = useMe();
  const users = useUsers().data ?? [];
  const callers = users.flatMap(({ name, extension }) => (extension === null ? [] : [{ name, extension }]));
  callers.sort((a, b) => a.extension.localeCompare(b.extension, undefined, { numeric: true }));
  const [chosen, setChosen] = useState(me.extension);
  const caller = callers.find(({ extension }) => extension === chosen) ?? callers[0];
  const [dialled, setDialled] = useState('');
  const [asked] = useDebouncedValue(dialled.trim(), PAUSE_MS);
  const explanation = useQuery({
    queryKey: ['outside', 'explanation', caller?.extension, asked],
    queryFn: () => api.explain(caller?.extension ?? '', asked),
    enabled: caller !== undefined && asked !== '',
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  return (
    <Section id="outside-simulator" title={t('outside.simulator.title')} text={t('outside.simulator.text')}>
      <div className={classes.body}>
        <div className={classes.question}>
          <SelectField
            label={t('outside.simulator.who')}
            value={caller?.extension ?? ''}
            onChange={setChosen}
            data={callers.map(({ name, extension }) => ({
              value: extension,
              label: `${extension} ${name}`,
            }))}
          />
          <TextField
            label={t('outside.simulator.dials')}
            placeholder="0049 89 123456"
            inputMode="tel"
            value={dialled}
            onChange={(text) => setDialled(text.slice(0, DIALLED_CHARS_MAX))}
            error={explanation.error === null || asked === '' ? undefined : errorWords(explanation.error)}
          />
        </div>
        <div
          className={classes.answer}
          role="status"
          aria-label={t('outside.simulator.answer')}
          aria-busy={explanation.isPlaceholderData}
        >
          {asked === '' && <p className={classes.hint}>{t('outside.simulator.type')}</p>}
          {asked !== '' && explanation.data !== undefined && explanation.error === null && (
            <Answer caller={caller?.name ?? ''} explanation={explanation.data} />
          )}
        </div>
      </div>
    </Section>
  );
}
