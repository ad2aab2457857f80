import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconAsterisk, IconPencil, IconRestore } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../../api/client.ts';
import type { Feature } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { CodeWords } from '../../codes/CodeWords.tsx';
import { useFeatures } from '../../codes/queries.ts';
import classes from '../Admin.module.css';
import { DataList, RowButton } from '../DataTable.tsx';
import { Failure, FormDialog } from '../Dialog.tsx';
import { TextField } from '../fields.tsx';
import outside from '../outside/Outside.module.css';
import { Section } from '../outside/Section.tsx';
import { useSaveFeature } from './queries.ts';

/** Which code does what; each can be another one. */
export function CodesSection() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const queries = useQueryClient();
  const features = useFeatures();
  const [open, setOpen] = useState<Feature | null>(null);
  const reset = useMutation({
    mutationFn: ({ name }: Feature) => api.resetFeature(name),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['features'] }),
  });
  const print = (
    <Button variant="default" component="a" href="#/codes">
      {t('features.codes.all')}
    </Button>
  );
  return (
    <Section id="codes" title={t('codes.title')} text={t('features.codes.text')} action={print}>
      {reset.error !== null && (
        <div className={outside.body}>
          <Failure error={reset.error} />
        </div>
      )}
      <DataList
        query={features}
        empty={{ icon: <IconAsterisk />, title: t('codes.title') }}
        items={features.data ?? []}
        keyOf={({ name }) => name}
        columns={[
          {
            title: t('features.codes.feature'),
            plain: true,
            cell: ({ name }) => <strong className={classes.by}>{t(`codes.name.${name}`)}</strong>,
          },
          { title: t('features.codes.code'), cell: (feature) => <CodeWords feature={feature} /> },
          {
            title: t('features.codes.usual'),
            className: classes.soft ?? '',
            cell: ({ code, usual_code }) => (code === usual_code ? '' : usual_code),
          },
        ]}
        actions={(feature) => (
          <>
            <RowButton
              icon={IconRestore}
              label={t('features.codes.reset', { name: t(`codes.name.${feature.name}`) })}
              hidden={feature.code === feature.usual_code}
              onClick={() => reset.mutate(feature)}
            />
            <RowButton
              icon={IconPencil}
              label={t('admin.edit', { name: t(`codes.name.${feature.name}`) })}
              onClick={() => setOpen(feature)}
            />
          </>
        )}
      />
      {open !== null && <CodeForm feature={open} onClose={() => setOpen(null)} />}
    </Section>
  );
}

/** What the server takes of a code that nothing is dialled behind, and of one that something is. */
const ALONE = /^[\d*#]{2,10}$/;
const WITH_MORE = /^[*#][\d*#]{1,9}$/;

function CodeForm({ feature, onClose }: { feature: Feature; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const [code, setCode] = useState(feature.code);
  const [tried, setTried] = useState(false);
  const save = useSaveFeature((next: string) => api.changeFeature(feature.name, next), onClose);
  // Who has it already is the server's to say.
  const taken = save.error instanceof Refused && save.error.code === 'taken' ? takenBy(save.error) : null;
  const standsAlone = feature.takes === 'nothing';
  const isWrong = !(standsAlone ? ALONE : WITH_MORE).test(code);
  return (
    <FormDialog
      title={t(`codes.name.${feature.name}`)}
      submit={t('admin.save')}
      pending={save.isPending}
      error={taken === null ? save.error : null}
      onSubmit={() => {
        setTried(true);
        if (!isWrong) save.mutate(code);
      }}
      onClose={onClose}
    >
      <TextField
        label={t('features.codes.code')}
        hint={t('features.codes.usualIs', { code: feature.usual_code })}
        first
        inputMode="tel"
        value={code}
        onChange={(text) => setCode(text.trim())}
        error={
          tried && isWrong
            ? t(standsAlone ? 'features.codes.rule' : 'features.codes.ruleWithMore')
            : taken === null
              ? undefined
              : t('features.codes.taken', { detail: taken })
        }
      />
    </FormDialog>
  );
}

function takenBy(error: Refused): string {
  return error.fields[0]?.message ?? error.message;
}
