/** One check, for as long as its page is open. */
import i18next from 'i18next';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { CheckApi } from '../api/check.ts';
import { CheckRun } from './checkRun.ts';
import type { Instruments } from './instruments.ts';
import type { CheckState } from './state.ts';

/** What the page works with; guests have another `api`. */
export interface CheckBackend {
  api: CheckApi;
  instruments: Instruments;
}

export function useCheck({ api, instruments }: CheckBackend): { run: CheckRun; state: CheckState } {
  const [run] = useState(() => new CheckRun(api, instruments, () => i18next.language));
  useEffect(() => {
    run.load();
    return () => run.stop();
  }, [run]);
  const state = useSyncExternalStore(
    (changed) => run.subscribe(changed),
    () => run.state(),
  );
  return { run, state };
}
