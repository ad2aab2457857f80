import { useTranslation } from 'react-i18next';
import badge from '../ui/Badge.module.css';
import classes from './Doctor.module.css';
import { useFindings } from './queries.ts';

const COUNT_SHOWN_MAX = 99;

/** How many problems and warnings there are; nothing when there are none. Notes are no news. */
export function DoctorBadge() {
  const { t } = useTranslation();
  const { data } = useFindings(false);
  if (data === undefined) return null;
  const { problem, warning } = data.counts;
  const count = problem + warning;
  if (count === 0) return null;
  return (
    <>
      <span
        className={`${badge.badge ?? ''} ${classes.badge ?? ''} figures`}
        data-severity={problem > 0 ? 'problem' : 'warning'}
        aria-hidden="true"
      >
        {count > COUNT_SHOWN_MAX ? `${COUNT_SHOWN_MAX}+` : count}
      </span>
      <span className="hidden-text">{t('doctor.open', { count })}</span>
    </>
  );
}
