import { ActionIcon } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallRoute, NewRoute, Trunk } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import table from '../Admin.module.css';
import { FormDialog } from '../Dialog.tsx';
import { SelectField, TextField } from '../fields.tsx';
import { ClassChoice } from './ClassChoice.tsx';
import { CLASSES } from './classes.ts';
import { Move } from './Move.tsx';
import { moved } from './order.ts';
import classes from './Outside.module.css';
import { useSave } from './queries.ts';
import { useWrong } from './wrong.ts';

interface RouteFormProps {
  route: CallRoute | null;
  trunks: readonly Trunk[];
  onClose: () => void;
}

/** Adds a route (`route` is `null`) or changes one. */
export function RouteForm({ route, trunks, onClose }: RouteFormProps) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const [name, setName] = useState(route?.name ?? '');
  const [prefix, setPrefix] = useState(route?.prefix ?? '');
  const [permitted, setPermitted] = useState<string[]>(route?.classes ?? [...CLASSES]);
  const [cost, setCost] = useState(String(route?.cost ?? 0));
  const [chosen, setChosen] = useState<number[]>(route?.trunks ?? trunks.slice(0, 1).map(({ id }) => id));
  const [tried, setTried] = useState(false);
  const save = useSave(
    (body: NewRoute) => (route === null ? api.addRoute(body) : api.changeRoute(route.id, body)),
    onClose,
  );
  const wrong = useWrong(save.error);
  const submit = () => {
    setTried(true);
    if (name.trim() === '' || chosen.length === 0) return;
    const terms = { prefix: prefix.trim(), classes: permitted, cost: Number(cost), trunks: chosen };
    save.mutate({ name: name.trim(), ...terms });
  };
  return (
    <FormDialog
      size="lg"
      title={route === null ? t('outside.routes.add') : t('admin.edit', { name: route.name })}
      submit={route === null ? t('outside.routes.create') : t('admin.save')}
      pending={save.isPending}
      error={wrong.besides(['name', 'prefix', 'trunks'])}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label={t('admin.name')}
        first
        value={name}
        onChange={setName}
        error={tried && name.trim() === '' ? t('admin.needed') : wrong.at('name')}
      />
      <TextField
        label={t('outside.routes.prefix')}
        hint={t('outside.routes.prefixHint')}
        placeholder="49"
        inputMode="tel"
        value={prefix}
        onChange={setPrefix}
        error={wrong.at('prefix')}
      />
      <ChosenTrunks
        trunks={trunks}
        chosen={chosen}
        error={tried && chosen.length === 0 ? t('outside.wrong.trunks') : wrong.at('trunks')}
        onChange={setChosen}
      />
      <ClassChoice label={t('outside.routes.classes')} value={permitted} onChange={setPermitted} />
      <CostField value={cost} onChange={setCost} />
    </FormDialog>
  );
}

function CostField({ value, onChange }: { value: string; onChange: (cost: string) => void }) {
  const { t } = useTranslation();
  return (
    <TextField
      label={t('outside.routes.cost')}
      hint={t('outside.routes.costHint')}
      inputMode="numeric"
      value={value}
      onChange={(text) => onChange(text.replace(/\D/g, '').slice(0, 9))}
    />
  );
}

interface ChosenTrunksProps {
  trunks: readonly Trunk[];
  chosen: readonly number[];
  error: string | undefined;
  onChange: (chosen: number[]) => void;
}

/** Trunks in the order in which they are tried. */
function ChosenTrunks({ trunks, chosen, error, onChange }: ChosenTrunksProps) {
  const { t } = useTranslation();
  const others = trunks.filter(({ id }) => !chosen.includes(id));
  return (
    <fieldset className={classes.group}>
      <legend>{t('outside.routes.trunks')}</legend>
      <ol className={classes.trunks}>
        {chosen.map((id, index) => {
          const name = trunks.find((trunk) => trunk.id === id)?.name ?? String(id);
          return (
            <li key={id}>
              <span>{name}</span>
              <span className={table.actions}>
                <Move
                  label={t('outside.routes.up', { name })}
                  isEnd={index === 0}
                  onMove={() => onChange(moved(chosen, index, -1))}
                >
                  <IconArrowUp size={19} />
                </Move>
                <Move
                  label={t('outside.routes.down', { name })}
                  isEnd={index === chosen.length - 1}
                  onMove={() => onChange(moved(chosen, index, 1))}
                >
                  <IconArrowDown size={19} />
                </Move>
                <ActionIcon
                  variant="subtle"
                  size={36}
                  aria-label={t('outside.routes.leaveOut', { name })}
                  onClick={() => onChange(chosen.filter((each) => each !== id))}
                >
                  <IconX size={19} />
                </ActionIcon>
              </span>
            </li>
          );
        })}
      </ol>
      {(others.length > 0 || error !== undefined) && (
        <SelectField
          label={t('outside.routes.further')}
          value=""
          onChange={(id) => {
            if (id !== '') onChange([...chosen, Number(id)]);
          }}
          error={error}
          data={[
            { value: '', label: t('outside.routes.choose') },
            ...others.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
        />
      )}
    </fieldset>
  );
}
