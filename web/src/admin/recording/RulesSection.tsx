import { IconArrowDown, IconArrowUp, IconListCheck, IconPencil, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordingRule } from '../../api/types.ts';
import classes from '../Admin.module.css';
import { AddButton, DataList, RowButton } from '../DataTable.tsx';
import { Failure } from '../Dialog.tsx';
import outside from '../outside/Outside.module.css';
import { Section } from '../outside/Section.tsx';
import { useRecordingSettings, useSaveSettings } from './queries.ts';
import { RuleForm } from './RuleForm.tsx';
import { useWhoseWords } from './whose.ts';

const RULES_MAX = 50;

/** Calls that are recorded without anybody's doing. The first rule that fits counts. */
export function RulesSection() {
  const { t } = useTranslation();
  const settings = useRecordingSettings();
  const whoseWords = useWhoseWords();
  const save = useSaveSettings(() => undefined);
  const [open, setOpen] = useState<{ rule: RecordingRule | null; at: number } | null>(null);
  const rules = settings.data?.rules ?? [];
  /** `was`: the rule as it is shown; others may have changed the list meanwhile. */
  const change = (was: RecordingRule, next: (rules: RecordingRule[], at: number) => RecordingRule[]) =>
    save.mutate((now) => {
      const at = now.rules.findIndex((each) => isSame(each, was));
      return at < 0 ? now : { ...now, rules: next(now.rules, at) };
    });
  const add = (
    <AddButton
      label={t('recordingAdmin.addRule')}
      quiet={rules.length > 0}
      onClick={() => setOpen({ rule: null, at: rules.length })}
    />
  );
  return (
    <Section
      id="recording-rules"
      title={t('recordingAdmin.rules')}
      text={t('recordingAdmin.rulesText')}
      action={rules.length > 0 && rules.length < RULES_MAX && add}
    >
      {save.error !== null && (
        <div className={outside.body}>
          <Failure error={save.error} />
        </div>
      )}
      <DataList
        query={settings}
        empty={{
          icon: <IconListCheck />,
          title: t('recordingAdmin.noRules'),
          text: t('recordingAdmin.noRulesText'),
          action: add,
        }}
        items={rules}
        keyOf={(rule) => `${rule.whose} ${rule.id} ${rule.calls} ${rule.announced}`}
        columns={[
          {
            title: t('recordingAdmin.whose'),
            plain: true,
            cell: (rule) => <strong className={classes.by}>{whoseWords(rule)}</strong>,
          },
          { title: t('recordingAdmin.calls'), cell: ({ calls }) => t(`recordingAdmin.which.${calls}`) },
          {
            title: t('recordingAdmin.announced'),
            cell: ({ announced }) => t(`recordingAdmin.how.${announced}`),
          },
        ]}
        actions={(rule, index) => (
          <>
            <RowButton
              icon={IconArrowUp}
              label={t('reach.up', { number: index + 1 })}
              hidden={index === 0}
              onClick={() => change(rule, (list, at) => moved(list, at, at - 1))}
            />
            <RowButton
              icon={IconArrowDown}
              label={t('reach.down', { number: index + 1 })}
              hidden={index === rules.length - 1}
              onClick={() => change(rule, (list, at) => moved(list, at, at + 1))}
            />
            <RowButton
              icon={IconPencil}
              label={t('reach.editRule', { number: index + 1 })}
              onClick={() => setOpen({ rule, at: index })}
            />
            <RowButton
              icon={IconTrash}
              tone="signal"
              label={t('reach.removeRule', { number: index + 1 })}
              onClick={() => change(rule, (list, at) => list.filter((_, other) => other !== at))}
            />
          </>
        )}
      />
      {open !== null && <RuleForm rule={open.rule} onClose={() => setOpen(null)} />}
    </Section>
  );
}

export function isSame(a: RecordingRule, b: RecordingRule): boolean {
  return a.whose === b.whose && a.id === b.id && a.calls === b.calls && a.announced === b.announced;
}

function moved(rules: readonly RecordingRule[], from: number, to: number): RecordingRule[] {
  const next = [...rules];
  const [rule] = next.splice(from, 1);
  if (rule !== undefined) next.splice(Math.max(0, to), 0, rule);
  return next;
}
