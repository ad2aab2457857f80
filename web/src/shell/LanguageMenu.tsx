import { Button, Menu } from '@mantine/core';
import { IconLanguage } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { languages, switchLanguage } from '../i18n/i18n.ts';

export function LanguageMenu() {
  const { t, i18n } = useTranslation();
  const current = languages.find(({ code }) => code === i18n.language);
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          c="var(--ink-soft)"
          size="sm"
          leftSection={<IconLanguage size={18} />}
          aria-label={`${t('settings.language')}: ${current?.name ?? ''}`}
        >
          {current?.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {languages.map(({ code, name }) => (
          <Menu.Item
            key={code}
            lang={code}
            onClick={() => void switchLanguage(code)}
            aria-current={code === i18n.language}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
