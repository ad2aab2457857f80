import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconTrash, IconPhoneIncoming } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { InboundNumber } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { useDirectory } from '../../people/directory.ts';
import { Empty } from '../../ui/Empty.tsx';
import table from '../Admin.module.css';
import { ConfirmDelete } from '../ConfirmDelete.tsx';
import { ListState } from '../ListState.tsx';
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
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const all = numbers.data ?? [];
  const add = (
    <Button
      variant={all.length > 0 ? 'default' : 'filled'}
      leftSection={<IconPlus size={18} aria-hidden="true" />}
      onClick={() => setOpen({ form: 'add' })}
    >
      {t('outside.numbers.add')}
    </Button>
  );
  return (
    <Section
      id="outside-numbers"
      title={t('outside.numbers.title')}
      text={t('outside.numbers.text')}
      action={all.length > 0 && add}
    >
      <ListState query={numbers} />
      {numbers.data?.length === 0 && (
        <Empty
          icon={<IconPhoneIncoming />}
          title={t('outside.numbers.empty')}
          text={t('outside.numbers.emptyText')}
          action={add}
        />
      )}
      {all.length > 0 && <Table numbers={all} onDelete={(number) => setOpen({ form: 'delete', number })} />}
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

interface TableProps {
  numbers: readonly InboundNumber[];
  onDelete: (number: InboundNumber) => void;
}

function Table({ numbers, onDelete }: TableProps) {
  const { t } = useTranslation();
  const { nameOf } = useDirectory();
  const trunks = useTrunks().data ?? [];
  const target = (number: string) => {
    if (number === BEHIND_HEAD) return t('outside.numbers.behindHead');
    const name = nameOf({ number, name: null });
    return name === number ? number : `${number} ${name}`;
  };
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">{t('outside.numbers.block')}</th>
          <th scope="col">{t('outside.numbers.target')}</th>
          <th scope="col">{t('outside.numbers.trunk')}</th>
          <th scope="col">
            <span className="hidden-text">{t('admin.actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {numbers.map((number) => (
          <tr key={number.id}>
            <td className={`${classes.name ?? ''} figures`}>{number.block}</td>
            <td data-label={t('outside.numbers.target')}>{target(number.target)}</td>
            <td data-label={t('outside.numbers.trunk')}>
              {number.trunk_id === null
                ? t('outside.numbers.anyTrunk')
                : (trunks.find(({ id }) => id === number.trunk_id)?.name ?? number.trunk_id)}
            </td>
            <td>
              <div className={table.actions}>
                <ActionIcon
                  variant="subtle"
                  color="signal"
                  size={36}
                  aria-label={t('admin.delete', { name: number.block })}
                  onClick={() => onDelete(number)}
                >
                  <IconTrash size={19} />
                </ActionIcon>
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
