import {
  IconAlertCircle,
  IconArrowDown,
  IconArrowUp,
  IconPencil,
  IconRoute,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallRoute } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { useErrorWords } from '../../ui/errors.ts';
import { Notice } from '../../ui/Notice.tsx';
import { ConfirmDelete } from '../ConfirmDelete.tsx';
import { AddButton, DataList, RowButton, type Column } from '../DataTable.tsx';
import { CLASSES, chosenOf } from './classes.ts';
import { Move } from './Move.tsx';
import { moved } from './order.ts';
import classes from './Outside.module.css';
import { useRoutes, useTrunks } from './queries.ts';
import { RouteForm } from './RouteForm.tsx';
import { Section } from './Section.tsx';

type Open = { form: 'add' } | { form: 'edit' | 'delete'; route: CallRoute };

/** By which trunks numbers of the world are reached. */
export function Routes() {
  const { t } = useTranslation();
  const errorWords = useErrorWords();
  const routes = useRoutes();
  const trunks = useTrunks().data ?? [];
  const order = useOrder();
  const columns = useColumns();
  const [open, setOpen] = useState<Open | null>(null);
  const all = routes.data ?? [];
  const add = trunks.length > 0 && (
    <AddButton
      label={t('outside.routes.add')}
      quiet={all.length > 0}
      onClick={() => setOpen({ form: 'add' })}
    />
  );
  const move = (index: number, by: -1 | 1) => order.mutate(moved(all, index, by).map(({ id }) => id));
  return (
    <Section
      id="outside-routes"
      title={t('outside.routes.title')}
      text={t('outside.routes.text')}
      action={all.length > 0 && add}
    >
      {order.error !== null && (
        <div className={classes.body}>
          <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
            {errorWords(order.error)}
          </Notice>
        </div>
      )}
      <DataList
        query={routes}
        empty={{
          icon: <IconRoute />,
          title: t('outside.routes.empty'),
          text: trunks.length > 0 ? t('outside.routes.emptyText') : t('outside.routes.trunkFirst'),
          action: add,
        }}
        columns={columns}
        items={all}
        keyOf={({ id }) => id}
        actions={(route, index) => (
          <Actions
            route={route}
            isFirst={index === 0}
            isLast={index === all.length - 1}
            onMove={(by) => move(index, by)}
            onOpen={setOpen}
          />
        )}
      />
      {open !== null && <Opened open={open} onClose={() => setOpen(null)} />}
    </Section>
  );
}

function useOrder() {
  const { api } = useBackend();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (ids: number[]) => api.orderRoutes(ids),
    onSuccess: async (routes) => {
      queries.setQueryData(['outside', 'routes'], routes);
      await queries.invalidateQueries({ queryKey: ['outside', 'explanation'] });
    },
  });
}

function Opened({ open, onClose }: { open: Open; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const trunks = useTrunks().data ?? [];
  switch (open.form) {
    case 'add':
      return <RouteForm route={null} trunks={trunks} onClose={onClose} />;
    case 'edit':
      return <RouteForm route={open.route} trunks={trunks} onClose={onClose} />;
    case 'delete':
      return (
        <ConfirmDelete
          name={open.route.name}
          text={t('outside.routes.deleteText')}
          onDelete={() => api.deleteRoute(open.route.id)}
          onClose={onClose}
        />
      );
  }
}

function useColumns(): Column<CallRoute>[] {
  const { t } = useTranslation();
  const trunks = useTrunks().data ?? [];
  const nameOf = (id: number) => trunks.find((trunk) => trunk.id === id)?.name ?? String(id);
  return [
    { title: t('admin.name'), plain: true, className: classes.name, cell: ({ name }) => name },
    { title: t('outside.routes.numbers'), cell: (route) => <Numbers route={route} /> },
    { title: t('outside.routes.cost'), className: 'figures', cell: ({ cost }) => cost },
    { title: t('outside.routes.trunks'), cell: (route) => route.trunks.map(nameOf).join(' → ') },
  ];
}

/** Which numbers a route is for. */
function Numbers({ route }: { route: CallRoute }) {
  const { t } = useTranslation();
  const permitted = chosenOf(route.classes);
  return (
    <>
      <span className="figures">{route.prefix === '' ? t('outside.routes.all') : `+${route.prefix} …`}</span>
      <div className={classes.soft}>
        {permitted.length === CLASSES.length
          ? t('outside.routes.everyClass')
          : permitted.map((each) => t(`outside.class.${each}`)).join(', ')}
      </div>
    </>
  );
}

interface ActionsProps {
  route: CallRoute;
  isFirst: boolean;
  isLast: boolean;
  onMove: (by: -1 | 1) => void;
  onOpen: (open: Open) => void;
}

function Actions({ route, isFirst, isLast, onMove, onOpen }: ActionsProps) {
  const { t } = useTranslation();
  const { name } = route;
  return (
    <>
      <Move label={t('outside.routes.up', { name })} isEnd={isFirst} onMove={() => onMove(-1)}>
        <IconArrowUp size={19} />
      </Move>
      <Move label={t('outside.routes.down', { name })} isEnd={isLast} onMove={() => onMove(1)}>
        <IconArrowDown size={19} />
      </Move>
      <RowButton
        icon={IconPencil}
        label={t('admin.edit', { name })}
        onClick={() => onOpen({ form: 'edit', route })}
      />
      <RowButton
        icon={IconTrash}
        label={t('admin.delete', { name })}
        tone="signal"
        onClick={() => onOpen({ form: 'delete', route })}
      />
    </>
  );
}
