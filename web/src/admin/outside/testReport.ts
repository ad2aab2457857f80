/** The result of a test as plain text, for a ticket. */
import { useTranslation } from 'react-i18next';
import type { Trunk, TrunkTest, TrunkTestStep } from '../../api/types.ts';
import { useTimeWords } from '../../ui/time.ts';
import { useSeen, useSentence } from './testWords.ts';

export function useReport(): (trunk: Trunk, test: TrunkTest) => string {
  const { t } = useTranslation();
  const time = useTimeWords();
  const sentence = useSentence();
  const seen = useSeen();
  return ({ name, host }, { started_at, steps }) => {
    const title = `${t('trunkTest.title', { name })} (${host}), ${started_at}`;
    return [title, ...steps.map(paragraph)].join('\n\n') + '\n';
  };

  function paragraph(step: TrunkTestStep): string {
    const account = step.account === null ? '' : ` ${step.account}`;
    const took = step.took_ms === null ? '' : `, ${time(step.took_ms)}`;
    const head = `${t(`trunkTest.step.${step.step}`)}${account}: ${t(`trunkTest.result.${step.result}`)}${took}`;
    const { words } = sentence(step);
    const details = seen(step).map(({ name, value }) => `  ${name}: ${value}`);
    return [head, ...(words === '' ? [] : [words]), ...details].join('\n');
  }
}
