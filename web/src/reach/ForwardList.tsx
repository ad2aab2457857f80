import { Button, Switch } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowRight,
  IconArrowUp,
  IconPencil,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RowButton } from '../admin/DataTable.tsx';
import { Move } from '../admin/outside/Move.tsx';
import { moved } from '../admin/outside/order.ts';
import type { Forward } from '../api/types.ts';
import { useDirectory } from '../people/directory.ts';
import { ForwardForm } from './ForwardForm.tsx';
import { FORWARDS_MAX } from './forwards.ts';
import { useTimeProfiles } from './queries.ts';
import classes from './Reach.module.css';

interface ForwardListProps {
  forwards: readonly Forward[];
  /** What the server says against a rule, by its place. */
  wrongAt: (index: number) => string | undefined;
  onChange: (forwards: Forward[]) => void;
}

/** The rules by which calls go elsewhere: the first one that fits counts. */
export function ForwardList({ forwards, wrongAt, onChange }: ForwardListProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<'new' | number | null>(null);
  const put = (index: number, forward: Forward) =>
    onChange(forwards.map((each, at) => (at === index ? forward : each)));
  return (
    <div className={classes.part}>
      <h3>{t('reach.forwards')}</h3>
      <p className={classes.hint}>
        {forwards.length === 0 ? t('reach.noForwards') : t('reach.forwardsHint')}
      </p>
      {forwards.length > 0 && (
        <ol className={classes.rules} aria-label={t('reach.forwards')}>
          {forwards.map((forward, index) => (
            <Rule
              key={index}
              forward={forward}
              number={index + 1}
              isLast={index === forwards.length - 1}
              wrong={wrongAt(index)}
              onMove={(by) => onChange(moved(forwards, index, by))}
              onSwitch={(is_on) => put(index, { ...forward, is_on })}
              onEdit={() => setOpen(index)}
              onRemove={() => onChange(forwards.filter((_, at) => at !== index))}
            />
          ))}
        </ol>
      )}
      {forwards.length < FORWARDS_MAX && (
        <div>
          <Button
            variant="default"
            leftSection={<IconPlus size={18} aria-hidden="true" />}
            onClick={() => setOpen('new')}
          >
            {t('reach.add')}
          </Button>
        </div>
      )}
      {open !== null && (
        <ForwardForm
          forward={open === 'new' ? null : (forwards[open] ?? null)}
          onDone={(forward) => (open === 'new' ? onChange([...forwards, forward]) : put(open, forward))}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}

interface RuleProps {
  forward: Forward;
  number: number;
  isLast: boolean;
  wrong: string | undefined;
  onMove: (by: -1 | 1) => void;
  onSwitch: (isOn: boolean) => void;
  onEdit: () => void;
  onRemove: () => void;
}

function Rule({ forward, number, isLast, wrong, onMove, onSwitch, onEdit, onRemove }: RuleProps) {
  const { t } = useTranslation();
  const { nameOf } = useDirectory();
  const words = useForwardWords();
  const to = nameOf({ number: forward.to, name: null });
  return (
    <li className={classes.rule} data-on={forward.is_on}>
      <Switch
        aria-label={t('reach.ruleOn', { number })}
        checked={forward.is_on}
        onChange={(event) => onSwitch(event.currentTarget.checked)}
      />
      <span className={classes.words}>
        <span className={classes.case}>{words(forward)}</span>
        <span className={classes.target}>
          <IconArrowRight size={16} aria-hidden="true" />
          <strong>{to === forward.to ? to : `${to} (${forward.to})`}</strong>
        </span>
        {wrong !== undefined && (
          <span role="alert" className={classes.wrong}>
            {wrong}
          </span>
        )}
      </span>
      <span className={classes.buttons}>
        <Move label={t('reach.up', { number })} isEnd={number === 1} onMove={() => onMove(-1)}>
          <IconArrowUp size={19} />
        </Move>
        <Move label={t('reach.down', { number })} isEnd={isLast} onMove={() => onMove(1)}>
          <IconArrowDown size={19} />
        </Move>
        <RowButton icon={IconPencil} label={t('reach.editRule', { number })} onClick={onEdit} />
        <RowButton
          icon={IconTrash}
          label={t('reach.removeRule', { number })}
          tone="signal"
          onClick={onRemove}
        />
      </span>
    </li>
  );
}

/** A rule without its target, in one sentence. */
function useForwardWords(): (forward: Forward) => string {
  const { t } = useTranslation();
  const { nameOf } = useDirectory();
  const profiles = useTimeProfiles().data ?? [];
  return ({ when, after_s, from, numbers, during }) => {
    const parts = [
      when === 'no_answer' ? t('reach.caseAfter', { seconds: after_s ?? 0 }) : t(`reach.case.${when}`),
    ];
    if (from === 'these') {
      parts.push(
        t('reach.fromThese', { names: numbers.map((number) => nameOf({ number, name: null })).join(', ') }),
      );
    } else if (from !== 'anybody') parts.push(t(`reach.callers.${from}`));
    if (during !== null) {
      const name = profiles.find(({ id }) => id === during.profile_id)?.name ?? '…';
      parts.push(t(during.is_open ? 'reach.during.open' : 'reach.during.closed', { name }));
    }
    return parts.join(' · ');
  };
}
