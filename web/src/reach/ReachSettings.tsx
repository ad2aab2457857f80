import { Button } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListState } from '../admin/ListState.tsx';
import type { Reaching } from '../api/types.ts';
import settings from '../settings/Settings.module.css';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import classes from './Reach.module.css';
import { isToldByRules, ReachingFields } from './ReachingFields.tsx';
import { useReaching, useSaveReaching } from './queries.ts';
import { Simulator } from './Simulator.tsx';

/** How the person is reached. */
export function ReachSettings() {
  const { t } = useTranslation();
  const saved = useReaching();
  return (
    <section className={settings.card} aria-labelledby="reach">
      <h2 id="reach">{t('reach.title')}</h2>
      <ListState query={saved} />
      {saved.data !== undefined && <Editor saved={saved.data} />}
    </section>
  );
}

/** What was changed is tried in the simulator before it is saved. */
function Editor({ saved }: { saved: Reaching }) {
  const { t } = useTranslation();
  const errorWords = useErrorWords();
  // `null`: as it is saved, also when a phone's code changes that.
  const [changed, setChanged] = useState<Reaching | null>(null);
  const save = useSaveReaching();
  const draft = changed ?? saved;
  return (
    <>
      <ReachingFields reaching={draft} error={save.error} onChange={setChanged} />
      {save.error !== null && !isToldByRules(save.error) && (
        <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
          {errorWords(save.error)}
        </Notice>
      )}
      {changed !== null && (
        <div className={classes.save}>
          <span>{t('reach.unsaved')}</span>
          <Button variant="default" size="sm" onClick={() => setChanged(null)}>
            {t('app.cancel')}
          </Button>
          <Button
            size="sm"
            loading={save.isPending}
            onClick={() => save.mutate(changed, { onSuccess: () => setChanged(null) })}
          >
            {t('admin.save')}
          </Button>
        </div>
      )}
      <Simulator user={null} reaching={draft} />
    </>
  );
}
