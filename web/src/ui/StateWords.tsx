import { useTranslation } from 'react-i18next';
import type { UserState } from '../api/types.ts';
import classes from './StateWords.module.css';

/** How somebody is, in words and in the colour that goes with them everywhere. */
export function StateWords({ state }: { state: UserState }) {
  const { t } = useTranslation();
  return (
    <span className={classes.state} data-state={state}>
      {t(`people.state.${state}`)}
    </span>
  );
}
