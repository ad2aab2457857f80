import type { Icon } from '@tabler/icons-react';
import { ActionIcon, Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { ComponentProps, Key, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../ui/Empty.tsx';
import classes from './Admin.module.css';
import { ListState, type ListQuery } from './ListState.tsx';

/** One column: its heading, and what stands in it. */
export interface Column<Item> {
  title: string;
  cell: (item: Item) => ReactNode;
  className?: string | ((item: Item) => string | undefined);
  /** Speaks for itself: a phone, which shows no headings, puts nothing before it. */
  plain?: boolean;
}

interface DataTableProps<Item> {
  columns: readonly Column<Item>[];
  /** In the order in which they are shown. */
  items: readonly Item[];
  keyOf: (item: Item) => Key;
  /** Buttons at the end of a row. */
  actions?: (item: Item, index: number) => ReactNode;
}

/** The table of every page of the administration; on a phone each row is a card. */
export function DataTable<Item>({ columns, items, keyOf, actions }: DataTableProps<Item>) {
  const { t } = useTranslation();
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          {columns.map(({ title }) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
          {actions !== undefined && (
            <th scope="col">
              <span className="hidden-text">{t('admin.actions')}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {items.map((item, index) => (
          <tr key={keyOf(item)}>
            {columns.map(({ title, cell, className, plain }) => (
              <td
                key={title}
                className={typeof className === 'function' ? className(item) : className}
                data-label={plain === true ? undefined : title}
              >
                {cell(item)}
              </td>
            ))}
            {actions !== undefined && (
              <td>
                <div className={classes.actions}>{actions(item, index)}</div>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface DataListProps<Item> extends DataTableProps<Item> {
  query: ListQuery;
  /** What stands there while there is nothing in the list. */
  empty: ComponentProps<typeof Empty>;
}

/** A list of the server's: on its way, failed, empty, or as a table. */
export function DataList<Item>({ query, empty, ...table }: DataListProps<Item>) {
  return (
    <>
      <ListState query={query} />
      {query.data !== undefined && table.items.length === 0 && <Empty {...empty} />}
      {table.items.length > 0 && <DataTable {...table} />}
    </>
  );
}

interface RowButtonProps {
  icon: Icon;
  label: string;
  tone?: 'signal';
  /** Keeps its place, but is not there. */
  hidden?: boolean;
  onClick: () => void;
}

/** A button at the end of a row. */
export function RowButton({ icon: Picture, label, tone, hidden = false, onClick }: RowButtonProps) {
  return (
    <ActionIcon
      variant="subtle"
      color={tone}
      size={36}
      disabled={hidden}
      style={{ visibility: hidden ? 'hidden' : 'visible' }}
      aria-label={label}
      onClick={onClick}
    >
      <Picture size={19} />
    </ActionIcon>
  );
}

/** The button that begins something new. */
export function AddButton({
  label,
  quiet = false,
  onClick,
}: {
  label: string;
  quiet?: boolean;
  onClick: () => void;
}) {
  return (
    <Button
      variant={quiet ? 'default' : 'filled'}
      leftSection={<IconPlus size={18} aria-hidden="true" />}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}
