import { Button } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListState } from '../admin/ListState.tsx';
import { changesOf } from '../api/changes.ts';
import type { Reaching } from '../api/types.ts';
import settings from '../settings/Settings.module.css';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import { applied, type Changes } from './changes.ts';
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
  const [changes, setChanges] = useState<Changes>({});
  const save = useSaveReaching();
  const draft = applied(saved, changes);
  const cancel = () => {
    setChanges({});
    save.reset();
  };
  const send = () =>
    // What is changed while it is being saved is still to be saved.
    save.mutate(changes, { onSuccess: () => setChanges((now) => changesOf(changes, now)) });
  return (
    <>
      <ReachingFields
        reaching={draft}
        error={save.error}
        onChange={(some) => setChanges((now) => ({ ...now, ...some }))}
      />
      {save.error !== null && !isToldByRules(save.error) && (
        <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
          {errorWords(save.error)}
        </Notice>
      )}
      {Object.keys(changes).length > 0 && (
        <div className={classes.save}>
          <span>{t('reach.unsaved')}</span>
          <Button variant="default" size="sm" onClick={cancel}>
            {t('app.cancel')}
          </Button>
          <Button size="sm" loading={save.isPending} onClick={send}>
            {t('admin.save')}
          </Button>
        </div>
      )}
      <Simulator user={null} reaching={draft} />
    </>
  );
}
