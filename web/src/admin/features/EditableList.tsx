import type { Icon } from '@tabler/icons-react';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDelete } from '../ConfirmDelete.tsx';
import { AddButton, DataList, RowButton, type Column } from '../DataTable.tsx';
import type { ListQuery } from '../ListState.tsx';
import { Section } from '../outside/Section.tsx';

interface Named {
  id: number;
  name: string;
}

interface EditableListProps<Item extends Named> {
  id: string;
  words: { title: string; text: string; add: string; empty: string; emptyText: string; deleteText: string };
  icon: Icon;
  query: ListQuery & { data?: readonly Item[] | undefined };
  columns: readonly Column<Item>[];
  /** The form for one of them; `null`: for a new one. */
  form: (item: Item | null, onClose: () => void) => ReactNode;
  onDelete: (id: number) => Promise<void>;
}

/** Things with names that administrators add, change and delete. */
export function EditableList<Item extends Named>(props: EditableListProps<Item>) {
  const { id, words, icon: Picture, query, columns, form, onDelete } = props;
  const { t } = useTranslation();
  const [open, setOpen] = useState<{ what: 'form' | 'delete'; item: Item | null } | null>(null);
  const close = () => setOpen(null);
  const items = [...(query.data ?? [])].sort((a, b) => a.name.localeCompare(b.name));
  const add = (
    <AddButton
      label={words.add}
      quiet={items.length > 0}
      onClick={() => setOpen({ what: 'form', item: null })}
    />
  );
  return (
    <Section id={id} title={words.title} text={words.text} action={items.length > 0 && add}>
      <DataList
        query={query}
        empty={{ icon: <Picture />, title: words.empty, text: words.emptyText, action: add }}
        columns={columns}
        items={items}
        keyOf={(item) => item.id}
        actions={(item) => (
          <>
            <RowButton
              icon={IconPencil}
              label={t('admin.edit', { name: item.name })}
              onClick={() => setOpen({ what: 'form', item })}
            />
            <RowButton
              icon={IconTrash}
              label={t('admin.delete', { name: item.name })}
              tone="signal"
              onClick={() => setOpen({ what: 'delete', item })}
            />
          </>
        )}
      />
      {open?.what === 'form' && form(open.item, close)}
      {open?.what === 'delete' && open.item !== null && (
        <DeleteItem item={open.item} text={words.deleteText} onDelete={onDelete} onClose={close} />
      )}
    </Section>
  );
}

interface DeleteItemProps {
  item: Named;
  text: string;
  onDelete: (id: number) => Promise<void>;
  onClose: () => void;
}

function DeleteItem({ item: { id, name }, text, onDelete, onClose }: DeleteItemProps) {
  return <ConfirmDelete name={name} text={text} onDelete={() => onDelete(id)} onClose={onClose} />;
}
