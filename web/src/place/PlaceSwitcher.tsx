import { Popover, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconDeviceLandlinePhone, IconDeviceLaptop } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTalkOn } from '../backend.ts';
import { useMe } from '../people/directory.ts';
import classes from './Place.module.css';
import { RingOn } from './RingOn.tsx';
import { TalkOnField } from './TalkOnField.tsx';
import { useTalkAt } from './useTalkAt.ts';

/** Where the person talks and what rings for them, in the header of every page. */
export function PlaceSwitcher() {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const { on } = useTalkOn();
  const me = useMe();
  const { controlled, phones } = useTalkAt();
  const where = on === 'computer' ? t('place.computer') : (controlled?.label ?? t('place.deskPhone'));
  if (me.phone === null && phones.length === 0) return null;
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width="min(440px, calc(100vw - 24px))"
      trapFocus
      returnFocus
      withinPortal
      shadow="md"
    >
      <Popover.Target>
        <UnstyledButton className={classes.switcher} onClick={() => setOpened((was) => !was)}>
          {on === 'computer' ? (
            <IconDeviceLaptop size={19} aria-hidden="true" />
          ) : (
            <IconDeviceLandlinePhone size={19} aria-hidden="true" />
          )}
          <span className={classes.where}>
            <span className="hidden-text">{t('place.talkOn')}: </span>
            <span className="clip">{where}</span>
          </span>
          <IconChevronDown size={16} aria-hidden="true" />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown}>
        <TalkOnField />
        <RingOn />
      </Popover.Dropdown>
    </Popover>
  );
}
