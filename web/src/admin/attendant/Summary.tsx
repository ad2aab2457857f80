import { useTranslation } from 'react-i18next';
import reach from '../../reach/Reach.module.css';
import { useTimeProfiles } from '../../reach/queries.ts';
import { isAnnouncement, KEYS, type MenuDraft } from './menu.ts';
import classes from './Attendant.module.css';
import { usePrompts } from './queries.ts';
import { useAnnouncementName, useChoiceWords } from './words.ts';

/** What a caller hears, and what they can do, one after the other. */
export function Summary({ draft }: { draft: MenuDraft }) {
  const { t } = useTranslation();
  const steps = useSteps(draft);
  return (
    <section className={classes.summary} aria-label={t('attendant.summary')}>
      <h3>{t('attendant.summary')}</h3>
      <ol className={reach.steps}>
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </section>
  );
}

function useSteps(draft: MenuDraft): string[] {
  const { t } = useTranslation();
  const choiceWords = useChoiceWords();
  const announcementName = useAnnouncementName();
  const profiles = useTimeProfiles().data ?? [];
  const prompts = usePrompts().data;
  const language = draft.language ?? prompts?.language ?? 'en';
  const said = (id: number | null, prompt: 'welcome' | 'closed') => {
    if (id !== null) return announcementName(id);
    return prompts?.prompts.find((each) => each.name === prompt && each.language === language)?.text ?? '…';
  };
  const { hours, keys, takes_extensions, waits_s, plays_max, otherwise } = draft;
  const steps: string[] = [];
  if (hours !== null) {
    steps.push(
      t('attendant.hears.closed', {
        profile: profiles.find(({ id }) => id === hours.profile_id)?.name ?? '…',
        text: said(hours.greeting_id, 'closed'),
        then: choiceWords(hours.then),
      }),
    );
  }
  steps.push(t('attendant.hears.greeting', { text: said(draft.greeting_id, 'welcome') }));
  if (isAnnouncement(draft)) {
    steps.push(t('attendant.hears.afterwards', { then: choiceWords(otherwise) }));
    return steps;
  }
  for (const key of KEYS) {
    const choice = keys.find((each) => each.key === key)?.choice;
    if (choice !== undefined) steps.push(t('attendant.hears.key', { key, what: choiceWords(choice) }));
  }
  if (takes_extensions) steps.push(t('attendant.hears.extension'));
  const count = Number(plays_max);
  steps.push(t('attendant.hears.otherwise', { seconds: waits_s, count, then: choiceWords(otherwise) }));
  return steps;
}
