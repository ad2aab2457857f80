import {
  NativeSelect,
  SegmentedControl,
  useMantineColorScheme,
  type MantineColorScheme,
} from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { languages, switchLanguage } from '../i18n/i18n.ts';
import classes from './Settings.module.css';

export function Appearance() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const schemes = useId();
  const choices: { value: MantineColorScheme; label: string }[] = [
    { value: 'auto', label: t('app.scheme.auto') },
    { value: 'light', label: t('app.scheme.light') },
    { value: 'dark', label: t('app.scheme.dark') },
  ];
  return (
    <section className={classes.card} aria-labelledby="appearance">
      <h2 id="appearance">{t('settings.appearance')}</h2>
      <NativeSelect
        size="md"
        label={t('settings.language')}
        data={languages.map(({ code, name }) => ({ value: code, label: name }))}
        value={i18n.language}
        onChange={(event) => void switchLanguage(event.currentTarget.value)}
      />
      <div className={classes.device}>
        <span id={schemes} className={classes.label}>
          {t('app.scheme.label')}
        </span>
        <SegmentedControl
          fullWidth
          aria-labelledby={schemes}
          data={choices}
          value={colorScheme}
          onChange={(value) => setColorScheme(value)}
        />
      </div>
    </section>
  );
}
