import { useCallback } from 'react';
import { Wordmark } from '../brand/Logo.tsx';
import { LanguageMenu } from '../shell/LanguageMenu.tsx';
import { SchemeMenu } from '../shell/SchemeMenu.tsx';
import classes from './Check.module.css';
import { CheckScreen } from './CheckScreen.tsx';
import { forgetToken } from './guest.ts';
import type { CheckBackend } from './useCheck.ts';

/** The check of somebody with a link, and nothing else of the app. */
export function GuestPage({ check }: { check: CheckBackend }) {
  const expired = useCallback(() => forgetToken(sessionStorage), []);
  return (
    <div className={classes.guest}>
      <header className={classes.bar}>
        <Wordmark />
        <div>
          <LanguageMenu />
          <SchemeMenu />
        </div>
      </header>
      <main>
        <CheckScreen check={check} onExpired={expired} />
      </main>
    </div>
  );
}
