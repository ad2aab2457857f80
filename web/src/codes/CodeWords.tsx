import { useTranslation } from 'react-i18next';
import type { Feature, FeatureName } from '../api/types.ts';
import classes from './Codes.module.css';

/** A code, and what is dialled behind it. */
export function CodeWords({ feature: { name, code, takes } }: { feature: Feature }) {
  const { t } = useTranslation();
  const behind = t(`codes.behind.${behindOf(name)}`);
  return (
    <span className={classes.code}>
      <code>{code}</code>
      {takes !== 'nothing' && <i>{takes === 'maybe' ? `(${behind})` : behind}</i>}
    </span>
  );
}

export type Behind = 'extension' | 'number' | 'slot';

function behindOf(name: FeatureName): Behind {
  if (name === 'park') return 'slot';
  return name.startsWith('forward_') ? 'number' : 'extension';
}
