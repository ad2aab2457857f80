import { Menu, UnstyledButton } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconDeviceLandlinePhone, IconDeviceLaptop, IconTransfer } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Device } from '../api/types.ts';
import { useBackend, usePhone } from '../backend.ts';
import { useMe } from '../people/directory.ts';
import type { Running } from '../phone/calls.ts';
import { isUsable, ownDevices } from '../place/devices.ts';
import { useDevices, useLiveCalls } from '../place/queries.ts';
import { useTalkAt } from '../place/useTalkAt.ts';
import classes from './CallControls.module.css';

/** Moving a call to another phone of one's own; the talk goes on here until that one has answered. */
export interface MoveCall {
  targets: readonly Device[];
  /** Where the call is going at this moment. */
  isMoving: boolean;
  error: Error | null;
  moveTo: (device: number) => void;
}

export function useMoveCall(call: Running | null): MoveCall {
  const { api } = useBackend();
  const me = useMe();
  const phone = usePhone();
  const { controlled } = useTalkAt();
  const devices = useDevices().data ?? [];
  const live = useLiveCalls().data?.find((each) => each.call === call?.journal_id);
  const move = useMutation({
    mutationFn: (device: number) => api.callAt(call?.journal_id ?? '', 'move', device),
  });
  const own = phone.media === null ? controlled?.id : me.phone?.device_id;
  const isKnown = call !== null && call.journal_id !== null;
  return {
    targets: isKnown ? ownDevices(devices, me).filter((each) => isUsable(each, me) && each.id !== own) : [],
    isMoving: move.isPending || live?.state === 'moving',
    error: move.error,
    moveTo: (device) => move.mutate(device),
  };
}

export function MoveMenu({ move: { targets, isMoving, moveTo } }: { move: MoveCall }) {
  const { t } = useTranslation();
  return (
    <Menu position="top" width={260} withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton className={classes.control} disabled={isMoving}>
          <span className={classes.icon} aria-hidden="true">
            <IconTransfer />
          </span>
          {t('call.move')}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('call.moveTo')}</Menu.Label>
        {targets.map(({ id, kind, label }) => (
          <Menu.Item
            key={id}
            leftSection={
              kind === 'browser' ? <IconDeviceLaptop size={18} /> : <IconDeviceLandlinePhone size={18} />
            }
            onClick={() => moveTo(id)}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
