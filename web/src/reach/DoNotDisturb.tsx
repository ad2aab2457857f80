import { ActionIcon, Button, Popover } from '@mantine/core';
import { IconMoon, IconMoonFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import { useDoNotDisturb } from './queries.ts';

/** Switches all ringing off and on. */
export function DoNotDisturb() {
  const { t } = useTranslation();
  const errorWords = useErrorWords();
  const { isOn, isPending, error, forget, toggle } = useDoNotDisturb();
  if (isOn === null) return null;
  return (
    <Popover
      opened={error !== null}
      onDismiss={forget}
      position="bottom"
      width={260}
      withArrow
      withRoles={false}
    >
      <Popover.Target>
        <ActionIcon
          variant={isOn ? 'filled' : 'subtle'}
          color={isOn ? 'amber' : 'gray'}
          c={isOn ? undefined : 'var(--ink-soft)'}
          size={36}
          radius="xl"
          aria-pressed={isOn}
          aria-label={t('reach.dnd')}
          title={t('reach.dnd')}
          disabled={isPending}
          onClick={toggle}
        >
          {isOn ? <IconMoonFilled size={20} /> : <IconMoon size={20} />}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown role="alert">{error !== null && errorWords(error)}</Popover.Dropdown>
    </Popover>
  );
}

/** Reminds of it, for who forgets it misses every call. */
export function DisturbBanner() {
  const { t } = useTranslation();
  const errorWords = useErrorWords();
  const { isOn, isPending, error, toggle } = useDoNotDisturb();
  if (isOn !== true) return null;
  return (
    <Notice
      tone="wait"
      icon={<IconMoonFilled size={20} />}
      title={t('reach.dndOn')}
      action={
        <Button size="xs" loading={isPending} onClick={toggle}>
          {t('reach.dndOff')}
        </Button>
      }
    >
      {error !== null && <span role="alert">{errorWords(error)}</span>}
    </Notice>
  );
}
