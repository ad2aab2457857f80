import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../backend.ts';
import { useMe, useUsers } from '../../people/directory.ts';
import { FormDialog, SelectField, TextField, type Choice } from './fields.tsx';
import classes from './Outside.module.css';
import { useTrunks } from './queries.ts';
import { useWrong } from './wrong.ts';

/** The target that leads to the extension behind a block's head. */
export const BEHIND_HEAD = 'extension';

/** Adds a number or a block of numbers. */
export function NumberForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const queries = useQueryClient();
  const trunks = useTrunks().data ?? [];
  const targets = useTargets();
  const [kind, setKind] = useState<'block' | 'single'>('block');
  const [number, setNumber] = useState('');
  const [first, setFirst] = useState('');
  const [last, setLast] = useState('');
  const [target, setTarget] = useState(BEHIND_HEAD);
  const [trunk, setTrunk] = useState('');
  const [tried, setTried] = useState(false);
  const isBlock = kind === 'block';
  const choices = isBlock
    ? [{ value: BEHIND_HEAD, label: t('outside.numbers.behindHead') }, ...targets]
    : targets;
  const goesTo = choices.some(({ value }) => value === target) ? target : (choices[0]?.value ?? '');
  const save = useMutation({
    mutationFn: () =>
      api.addNumber({
        block: isBlock ? `${number.trim()}(${first}-${last})` : number.trim(),
        target: goesTo,
        trunk_id: trunk === '' ? null : Number(trunk),
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['outside'] });
      onClose();
    },
  });
  const wrong = useWrong(save.error);
  const needed = (text: string) => (tried && text.trim() === '' ? t('admin.needed') : undefined);
  const submit = () => {
    setTried(true);
    const isComplete = number.trim() !== '' && (!isBlock || (first !== '' && last !== ''));
    if (isComplete) save.mutate();
  };
  const digits = (text: string) => text.replace(/\D/g, '');
  return (
    <FormDialog
      title={t('outside.numbers.add')}
      submit={t('outside.numbers.create')}
      pending={save.isPending}
      error={wrong.besides(['block', 'target'])}
      onSubmit={submit}
      onClose={onClose}
    >
      <SelectField
        label={t('outside.numbers.kind')}
        first
        value={kind}
        onChange={(value) => setKind(value === 'block' ? 'block' : 'single')}
        data={[
          { value: 'block', label: t('outside.numbers.kinds.block') },
          { value: 'single', label: t('outside.numbers.kinds.single') },
        ]}
      />
      <TextField
        label={isBlock ? t('outside.numbers.head') : t('outside.numbers.single')}
        hint={isBlock ? t('outside.numbers.headHint') : undefined}
        placeholder={isBlock ? '+498912345' : '+4989123450'}
        inputMode="tel"
        value={number}
        onChange={setNumber}
        error={needed(number) ?? wrong.at('block')}
      />
      {isBlock && (
        <div className={classes.pair}>
          <TextField
            label={t('outside.numbers.first')}
            placeholder="00"
            inputMode="numeric"
            value={first}
            onChange={(text) => setFirst(digits(text))}
            error={needed(first)}
          />
          <TextField
            label={t('outside.numbers.last')}
            placeholder="99"
            inputMode="numeric"
            value={last}
            onChange={(text) => setLast(digits(text))}
            error={needed(last)}
          />
        </div>
      )}
      <SelectField
        label={t('outside.numbers.target')}
        value={goesTo}
        onChange={setTarget}
        error={wrong.at('target')}
        data={choices}
      />
      <SelectField
        label={t('outside.numbers.trunk')}
        hint={t('outside.numbers.trunkHint')}
        value={trunk}
        onChange={setTrunk}
        data={[
          { value: '', label: t('outside.numbers.anyTrunk') },
          ...trunks.map(({ id, name }) => ({ value: String(id), label: name })),
        ]}
      />
    </FormDialog>
  );
}

/** Extensions and functions that a number can lead to. */
function useTargets(): Choice[] {
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
    ...people,
    ...services.flatMap(({ value, label }) => (value == null ? [] : [{ value, label: `${value} ${label}` }])),
  ];
}
