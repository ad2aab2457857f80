import { useTranslation } from 'react-i18next';
import { useParts } from '../shell/route.ts';
import { addressOf, PAGES, type Page } from './addresses.ts';
import { AllCalls } from './AllCalls.tsx';
import { CheckResult } from './CheckResult.tsx';
import classes from './Doctor.module.css';
import { FindingsPage } from './FindingsPage.tsx';
import { History } from './History.tsx';
import { Networks } from './Networks.tsx';
import { Plan } from './Plan.tsx';
import { Rules } from './Rules.tsx';

/** What is wrong with the sound, whose doing it is, and what helps: the help desk's pages. */
export function Doctor() {
  const [, name = 'findings', rest = ''] = useParts();
  const page = PAGES.find((each) => each === name);
  return (
    <div className={classes.doctor}>
      {/* The result of a check belongs to the network where it was made. */}
      <Pages page={page ?? (name === 'checks' ? 'networks' : 'findings')} isIn={name !== 'checks'} />
      {name === 'checks' ? (
        <CheckResult key={rest} id={rest} />
      ) : (
        <Shown page={page ?? 'findings'} rest={rest} />
      )}
    </div>
  );
}

function Shown({ page, rest }: { page: Page; rest: string }) {
  switch (page) {
    case 'findings':
      return <FindingsPage marked={rest} />;
    case 'networks':
      return <Networks />;
    case 'calls':
      return <AllCalls />;
    case 'history':
      return <History />;
    case 'plan':
      return <Plan />;
    case 'rules':
      return <Rules marked={rest} />;
  }
}

/** The way around. `isIn`: the page itself is shown, and nothing below it. */
function Pages({ page, isIn }: { page: Page; isIn: boolean }) {
  const { t } = useTranslation();
  return (
    <nav className={classes.pages} aria-label={t('doctor.tab')}>
      {PAGES.map((each) => (
        <a
          key={each}
          href={addressOf(each)}
          aria-current={each === page ? (isIn ? 'page' : 'true') : undefined}
        >
          {t(`doctor.page.${each}`)}
        </a>
      ))}
    </nav>
  );
}
