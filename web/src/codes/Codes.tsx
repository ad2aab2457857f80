import { Button, TextInput } from '@mantine/core';
import { IconPrinter, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListState } from '../admin/ListState.tsx';
import type { Feature } from '../api/types.ts';
import { useMe } from '../people/directory.ts';
import { CodeWords } from './CodeWords.tsx';
import classes from './Codes.module.css';
import { useFeatures } from './queries.ts';

/** Everything that can be dialled besides numbers; printed, it is a card that fits beside a desk phone. */
export function Codes() {
  const { t } = useTranslation();
  const features = useFeatures();
  const [text, setText] = useState('');
  const all = features.data ?? [];
  const found = all.filter((feature) =>
    fits(text, feature, t(`codes.name.${feature.name}`), t(`codes.does.${feature.name}`)),
  );
  return (
    <>
      <div className={classes.page}>
        <div className={classes.heading}>
          <div>
            <h1>{t('codes.title')}</h1>
            <p>{t('codes.text')}</p>
          </div>
          <Button
            variant="default"
            leftSection={<IconPrinter size={18} aria-hidden="true" />}
            disabled={all.length === 0}
            onClick={() => window.print()}
          >
            {t('codes.print')}
          </Button>
        </div>
        <TextInput
          size="md"
          type="search"
          aria-label={t('codes.search')}
          placeholder={t('codes.search')}
          leftSection={<IconSearch size={20} aria-hidden="true" />}
          value={text}
          autoComplete="off"
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <ListState query={features} />
        {features.data !== undefined && found.length === 0 && (
          <p className={classes.none} role="status">
            {t('codes.none', { text: text.trim() })}
          </p>
        )}
        <List features={found} />
      </div>
      <Card features={all} />
    </>
  );
}

function List({ features }: { features: readonly Feature[] }) {
  const { t } = useTranslation();
  if (features.length === 0) return null;
  return (
    <ul className={classes.list} aria-label={t('codes.title')}>
      {features.map((feature) => (
        <li key={feature.name}>
          <CodeWords feature={feature} />
          <span>
            <strong>{t(`codes.name.${feature.name}`)}</strong>
            <span className={classes.does}>{t(`codes.does.${feature.name}`)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What is printed instead of the page. */
function Card({ features }: { features: readonly Feature[] }) {
  const { t } = useTranslation();
  const { name, extension } = useMe();
  return (
    <section className={classes.card} aria-hidden="true">
      <h2>{t('codes.title')}</h2>
      {extension !== null && <p>{t('codes.card', { name, extension })}</p>}
      <table>
        <tbody>
          {features.map((feature) => (
            <tr key={feature.name}>
              <th scope="row">
                <CodeWords feature={feature} />
              </th>
              <td>{t(`codes.name.${feature.name}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Whether every word that was typed is in the name, in what it does or in the code. */
function fits(text: string, { code }: Feature, name: string, does: string): boolean {
  const words = text.toLowerCase().split(/\s+/);
  const said = `${name} ${does} ${code}`.toLowerCase();
  return words.every((word) => said.includes(word));
}
