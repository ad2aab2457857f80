import { ActionIcon, Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  IconAlertCircle,
  IconArrowDown,
  IconArrowUp,
  IconPencil,
  IconPlus,
  IconRoute,
  IconTrash,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallRoute, Trunk } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { Empty } from '../../ui/Empty.tsx';
import { useErrorWords } from '../../ui/errors.ts';
import { Notice } from '../../ui/Notice.tsx';
import table from '../Admin.module.css';
import { ConfirmDelete } from '../ConfirmDelete.tsx';
import { ListState } from '../ListState.tsx';
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
  const { api } = useBackend();
  const errorWords = useErrorWords();
  const routes = useRoutes();
  const trunks = useTrunks().data ?? [];
  const order = useOrder();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const all = routes.data ?? [];
  const add = trunks.length > 0 && (
    <Button
      variant={all.length > 0 ? 'default' : 'filled'}
      leftSection={<IconPlus size={18} aria-hidden="true" />}
      onClick={() => setOpen({ form: 'add' })}
    >
      {t('outside.routes.add')}
    </Button>
  );
  return (
    <Section
      id="outside-routes"
      title={t('outside.routes.title')}
      text={t('outside.routes.text')}
      action={all.length > 0 && add}
    >
      <ListState query={routes} />
      {routes.data?.length === 0 && (
        <Empty
          icon={<IconRoute />}
          title={t('outside.routes.empty')}
          text={trunks.length > 0 ? t('outside.routes.emptyText') : t('outside.routes.trunkFirst')}
          action={add}
        />
      )}
      {order.error !== null && (
        <div className={classes.body}>
          <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
            {errorWords(order.error)}
          </Notice>
        </div>
      )}
      {all.length > 0 && (
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t('admin.name')}</th>
              <th scope="col">{t('outside.routes.numbers')}</th>
              <th scope="col">{t('outside.routes.cost')}</th>
              <th scope="col">{t('outside.routes.trunks')}</th>
              <th scope="col">
                <span className="hidden-text">{t('admin.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {all.map((route, index) => (
              <Row
                key={route.id}
                route={route}
                trunks={trunks}
                isFirst={index === 0}
                isLast={index === all.length - 1}
                onMove={(by) => order.mutate(moved(all, index, by).map(({ id }) => id))}
                onOpen={setOpen}
              />
            ))}
          </tbody>
        </table>
      )}
      {open?.form === 'add' && <RouteForm route={null} trunks={trunks} onClose={close} />}
      {open?.form === 'edit' && <RouteForm route={open.route} trunks={trunks} onClose={close} />}
      {open?.form === 'delete' && (
        <ConfirmDelete
          name={open.route.name}
          text={t('outside.routes.deleteText')}
          onDelete={() => api.deleteRoute(open.route.id)}
          onClose={close}
        />
      )}
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

interface RowProps {
  route: CallRoute;
  trunks: readonly Trunk[];
  isFirst: boolean;
  isLast: boolean;
  onMove: (by: -1 | 1) => void;
  onOpen: (open: Open) => void;
}

function Row({ route, trunks, isFirst, isLast, onMove, onOpen }: RowProps) {
  const { t } = useTranslation();
  const { name } = route;
  const nameOf = (id: number) => trunks.find((trunk) => trunk.id === id)?.name ?? String(id);
  const permitted = chosenOf(route.classes);
  const numbers = route.prefix === '' ? t('outside.routes.all') : `+${route.prefix} …`;
  const which =
    permitted.length === CLASSES.length
      ? t('outside.routes.everyClass')
      : permitted.map((each) => t(`outside.class.${each}`)).join(', ');
  return (
    <tr>
      <td className={classes.name}>{name}</td>
      <td data-label={t('outside.routes.numbers')}>
        <span className="figures">{numbers}</span>
        <div className={classes.soft}>{which}</div>
      </td>
      <td className="figures" data-label={t('outside.routes.cost')}>
        {route.cost}
      </td>
      <td data-label={t('outside.routes.trunks')}>{route.trunks.map(nameOf).join(' → ')}</td>
      <td>
        <div className={table.actions}>
          <Move label={t('outside.routes.up', { name })} isEnd={isFirst} onMove={() => onMove(-1)}>
            <IconArrowUp size={19} />
          </Move>
          <Move label={t('outside.routes.down', { name })} isEnd={isLast} onMove={() => onMove(1)}>
            <IconArrowDown size={19} />
          </Move>
          <ActionIcon
            variant="subtle"
            size={36}
            aria-label={t('admin.edit', { name })}
            onClick={() => onOpen({ form: 'edit', route })}
          >
            <IconPencil size={19} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="signal"
            size={36}
            aria-label={t('admin.delete', { name })}
            onClick={() => onOpen({ form: 'delete', route })}
          >
            <IconTrash size={19} />
          </ActionIcon>
        </div>
      </td>
    </tr>
  );
}
