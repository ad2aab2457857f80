import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MenuKey, NewMenu } from '../../api/types.ts';
import outside from '../outside/Outside.module.css';
import classes from './Attendant.module.css';
import { ChoiceFields } from './ChoiceFields.tsx';
import { isUnfinished, KEYS, withKey } from './menu.ts';
import { useChoiceWords } from './words.ts';

interface KeyPadProps {
  keys: NewMenu['keys'];
  isTried: boolean;
  onChange: (keys: NewMenu['keys']) => void;
}

/** The keys of a telephone, each with what it does; the one that is pressed is filled below. */
export function KeyPad({ keys, isTried, onChange }: KeyPadProps) {
  const { t } = useTranslation();
  const choiceWords = useChoiceWords();
  const [chosen, setChosen] = useState<MenuKey>(keys[0]?.key ?? '1');
  const choiceOf = (key: MenuKey) => keys.find((each) => each.key === key)?.choice ?? null;
  return (
    <fieldset className={outside.group}>
      <legend>{t('attendant.keys')}</legend>
      <p className={outside.hint}>{t('attendant.keysHint')}</p>
      <div className={classes.pad}>
        {KEYS.map((key) => {
          const choice = choiceOf(key);
          const words = choice === null ? t('attendant.does.nothing') : choiceWords(choice);
          return (
            <button
              key={key}
              type="button"
              className={classes.key}
              data-filled={choice !== null}
              data-wrong={isTried && choice !== null && isUnfinished(choice)}
              aria-pressed={key === chosen}
              onClick={() => setChosen(key)}
            >
              <span className="hidden-text">{t('attendant.keyWords', { key, words })}</span>
              <span className={classes.digit} aria-hidden="true">
                {key === '*' ? '∗' : key}
              </span>
              <span className={classes.does} aria-hidden="true">
                {choice === null ? '' : words}
              </span>
            </button>
          );
        })}
      </div>
      <ChoiceFields
        key={chosen}
        label={t('attendant.key', { key: chosen })}
        choice={choiceOf(chosen)}
        orNothing
        isTried={isTried}
        onChange={(choice) => onChange(withKey(keys, chosen, choice))}
      />
    </fieldset>
  );
}
