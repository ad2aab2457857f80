import { Kbd, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SHORTCUTS, shortcutsEnabled, type ShortcutName } from './shortcuts.ts';
import classes from './ShortcutsHelp.module.css';

export function ShortcutsHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('shortcuts.title')}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      {!shortcutsEnabled() && <p className={classes.off}>{t('shortcuts.off')}</p>}
      <Group title={t('shortcuts.anywhere')} names={['search', 'answer', 'reject', 'help']} />
      <Group title={t('shortcuts.inCall')} names={['mute', 'hold', 'transfer', 'keypad', 'hangUp']} />
    </Modal>
  );
}

function Group({ title, names }: { title: string; names: readonly ShortcutName[] }) {
  const { t } = useTranslation();
  return (
    <section className={classes.group}>
      <h3>{title}</h3>
      <dl>
        {names.map((name) => (
          <div key={name}>
            <dt>{t(`shortcuts.${name}`)}</dt>
            <dd>
              <Kbd size="md">{SHORTCUTS[name].toUpperCase()}</Kbd>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
