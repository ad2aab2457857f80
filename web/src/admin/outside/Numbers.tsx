import { IconPhoneIncoming, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { InboundNumber } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { useDirectory } from '../../people/directory.ts';
import { ConfirmDelete } from '../ConfirmDelete.tsx';
import { AddButton, DataList, RowButton, type Column } from '../DataTable.tsx';
import { BEHIND_HEAD, NumberForm } from './NumberForm.tsx';
import classes from './Outside.module.css';
import { useNumbers, useTrunks } from './queries.ts';
import { Section } from './Section.tsx';

type Open = { form: 'add' } | { form: 'delete'; number: InboundNumber };

/** Our numbers in the world, and who is called by them. */
export function Numbers() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const numbers = useNumbers();
  const columns = useColumns();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const all = numbers.data ?? [];
  const add = (
    <AddButton
      label={t('outside.numbers.add')}
      quiet={all.length > 0}
      onClick={() => setOpen({ form: 'add' })}
    />
  );
  return (
    <Section
      id="outside-numbers"
      title={t('outside.numbers.title')}
      text={t('outside.numbers.text')}
      action={all.length > 0 && add}
    >
      <DataList
        query={numbers}
        empty={{
          icon: <IconPhoneIncoming />,
          title: t('outside.numbers.empty'),
          text: t('outside.numbers.emptyText'),
          action: add,
        }}
        columns={columns}
        items={all}
        keyOf={({ id }) => id}
        actions={(number) => (
          <RowButton
            icon={IconTrash}
            label={t('admin.delete', { name: number.block })}
            tone="signal"
            onClick={() => setOpen({ form: 'delete', number })}
          />
        )}
      />
      {open?.form === 'add' && <NumberForm onClose={close} />}
      {open?.form === 'delete' && (
        <ConfirmDelete
          name={open.number.block}
          text={t('outside.numbers.deleteText')}
          onDelete={() => api.deleteNumber(open.number.id)}
          onClose={close}
        />
      )}
    </Section>
  );
}

function useColumns(): Column<InboundNumber>[] {
  const { t } = useTranslation();
  const { nameOf } = useDirectory();
  const trunks = useTrunks().data ?? [];
  const target = (number: string) => {
    if (number === BEHIND_HEAD) return t('outside.numbers.behindHead');
    const name = nameOf({ number, name: null });
    return name === number ? number : `${number} ${name}`;
  };
  const trunk = (id: number | null) =>
    id === null ? t('outside.numbers.anyTrunk') : (trunks.find((each) => each.id === id)?.name ?? id);
  return [
    {
      title: t('outside.numbers.block'),
      plain: true,
      className: `${classes.name ?? ''} figures`,
      cell: ({ block }) => block,
    },
    { title: t('outside.numbers.target'), cell: (number) => target(number.target) },
    { title: t('outside.numbers.trunk'), cell: ({ trunk_id }) => trunk(trunk_id) },
  ];
}
