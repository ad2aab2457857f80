import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NewInboundNumber } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { useMe, useUsers } from '../../people/directory.ts';
import { FormDialog } from '../Dialog.tsx';
import { SelectField, TextField, type Choice } from '../fields.tsx';
import classes from './Outside.module.css';
import { useSave, useTrunks } from './queries.ts';
import { useWrong } from './wrong.ts';

/** The target that leads to the extension behind a block's head. */
export const BEHIND_HEAD = 'extension';

type Kind = 'block' | 'single';

/** Adds a number or a block of numbers. */
export function NumberForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const [kind, setKind] = useState<Kind>('block');
  const [number, setNumber] = useState('');
  const [first, setFirst] = useState('');
  const [last, setLast] = useState('');
  const [target, setTarget] = useState(BEHIND_HEAD);
  const [trunk, setTrunk] = useState('');
  const [tried, setTried] = useState(false);
  const isBlock = kind === 'block';
  const choices = useTargets(isBlock);
  const goesTo = choices.some(({ value }) => value === target) ? target : (choices[0]?.value ?? '');
  const save = useSave((body: NewInboundNumber) => api.addNumber(body), onClose);
  const wrong = useWrong(save.error);
  const needed = (text: string) => (tried && text.trim() === '' ? t('admin.needed') : undefined);
  const submit = () => {
    setTried(true);
    const isComplete = number.trim() !== '' && (!isBlock || (first !== '' && last !== ''));
    if (!isComplete) return;
    const block = isBlock ? `${number.trim()}(${first}-${last})` : number.trim();
    save.mutate({ block, target: goesTo, trunk_id: trunk === '' ? null : Number(trunk) });
  };
  return (
    <FormDialog
      size="lg"
      title={t('outside.numbers.add')}
      submit={t('outside.numbers.create')}
      pending={save.isPending}
      error={wrong.besides(['block', 'target'])}
      onSubmit={submit}
      onClose={onClose}
    >
      <KindField kind={kind} onChange={setKind} />
      <TextField
        label={isBlock ? t('outside.numbers.head') : t('outside.numbers.single')}
        hint={isBlock ? t('outside.numbers.headHint') : undefined}
        placeholder={isBlock ? '+498912345' : '+4989123450'}
        inputMode="tel"
        value={number}
        onChange={setNumber}
        error={needed(number) ?? wrong.at('block')}
      />
      {isBlock && <Extensions first={first} last={last} onFirst={setFirst} onLast={setLast} error={needed} />}
      <SelectField
        label={t('outside.numbers.target')}
        value={goesTo}
        onChange={setTarget}
        error={wrong.at('target')}
        data={choices}
      />
      <TrunkField value={trunk} onChange={setTrunk} />
    </FormDialog>
  );
}

function KindField({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  const { t } = useTranslation();
  return (
    <SelectField
      label={t('outside.numbers.kind')}
      first
      value={kind}
      onChange={(value) => onChange(value === 'block' ? 'block' : 'single')}
      data={[
        { value: 'block', label: t('outside.numbers.kinds.block') },
        { value: 'single', label: t('outside.numbers.kinds.single') },
      ]}
    />
  );
}

interface ExtensionsProps {
  first: string;
  last: string;
  onFirst: (digits: string) => void;
  onLast: (digits: string) => void;
  /** What is wrong with what was typed. */
  error: (text: string) => string | undefined;
}

/** The first and the last extension behind a block's head. */
function Extensions({ first, last, onFirst, onLast, error }: ExtensionsProps) {
  const { t } = useTranslation();
  const digits = (text: string) => text.replace(/\D/g, '');
  return (
    <div className={classes.pair}>
      <TextField
        label={t('outside.numbers.first')}
        placeholder="00"
        inputMode="numeric"
        value={first}
        onChange={(text) => onFirst(digits(text))}
        error={error(first)}
      />
      <TextField
        label={t('outside.numbers.last')}
        placeholder="99"
        inputMode="numeric"
        value={last}
        onChange={(text) => onLast(digits(text))}
        error={error(last)}
      />
    </div>
  );
}

function TrunkField({ value, onChange }: { value: string; onChange: (trunk: string) => void }) {
  const { t } = useTranslation();
  const trunks = useTrunks().data ?? [];
  return (
    <SelectField
      label={t('outside.numbers.trunk')}
      hint={t('outside.numbers.trunkHint')}
      value={value}
      onChange={onChange}
      data={[
        { value: '', label: t('outside.numbers.anyTrunk') },
        ...trunks.map(({ id, name }) => ({ value: String(id), label: name })),
      ]}
    />
  );
}

/** Extensions and functions that a number can lead to, and what only a block can. */
function useTargets(isBlock: boolean): Choice[] {
  const { t } = useTranslation();
  const { echo_test, music } = useMe().server;
  const people = (useUsers().data ?? []).flatMap(({ name, extension }) =>
    extension === null ? [] : [{ value: extension, label: `${extension} ${name}` }],
  );
  people.sort((a, b) => a.value.localeCompare(b.value, undefined, { numeric: true }));
  const services = [
    { value: echo_test, label: t('people.echo') },
    { value: music, label: t('people.music') },
  ];
  return [
    ...(isBlock ? [{ value: BEHIND_HEAD, label: t('outside.numbers.behindHead') }] : []),
    ...people,
    ...services.flatMap(({ value, label }) => (value == null ? [] : [{ value, label: `${value} ${label}` }])),
  ];
}
