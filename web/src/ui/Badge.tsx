import { useTranslation } from 'react-i18next';
import classes from './Badge.module.css';

const COUNT_SHOWN_MAX = 99;

/** How many calls were missed; nothing when none were. */
export function MissedBadge({ count }: { count: number }) {
  const { t } = useTranslation();
  if (count === 0) return null;
  return (
    <>
      <span className={`${classes.badge ?? ''} figures`} aria-hidden="true">
        {count > COUNT_SHOWN_MAX ? `${COUNT_SHOWN_MAX}+` : count}
      </span>
      <span className="hidden-text">{t('recent.unseen', { count })}</span>
    </>
  );
}
