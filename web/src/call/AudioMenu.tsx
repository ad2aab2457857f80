import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck, IconHeadphones } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMedia, useMediaState } from '../backend.ts';
import { resolveChoice, type AudioDevice, type DeviceKind } from '../phone/media/devices.ts';
import classes from './CallControls.module.css';

/** Microphone and speaker, changed in the middle of a sentence. */
export function AudioMenu() {
  const { t } = useTranslation();
  const { devices } = useMediaState();
  return (
    <Menu position="top-end" width={280} withinPortal>
      <Menu.Target>
        <UnstyledButton className={classes.control}>
          <span className={classes.icon} aria-hidden="true">
            <IconHeadphones />
          </span>
          {t('call.audio')}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <DeviceItems kind="microphone" label={t('settings.microphone')} list={devices.microphones} />
        {devices.speakers.length > 0 && (
          <>
            <Menu.Divider />
            <DeviceItems kind="speaker" label={t('settings.speaker')} list={devices.speakers} />
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function DeviceItems({
  kind,
  label,
  list,
}: {
  kind: DeviceKind;
  label: string;
  list: readonly AudioDevice[];
}) {
  const { t } = useTranslation();
  const media = useMedia();
  const { choices } = useMediaState();
  const chosen = resolveChoice(choices[kind], list);
  const items = [{ id: null, label: t('settings.default') }, ...list];
  return (
    <>
      <Menu.Label>{label}</Menu.Label>
      {items.map(({ id, label: text }) => {
        const current = (chosen?.id ?? null) === id;
        return (
          <Menu.Item
            key={id ?? 'default'}
            aria-current={current}
            rightSection={current ? <IconCheck size={16} aria-hidden="true" /> : undefined}
            onClick={() => media.choose(kind, id)}
          >
            {text}
          </Menu.Item>
        );
      })}
    </>
  );
}
