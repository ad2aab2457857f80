/**
 * Who comes with a link has its token in the part of the address that browsers send to nobody. It is taken out of there at once, so that
 * it stays in no history and on no picture of the screen, and is kept for as long as the tab is open: a page may be loaded again.
 */
export const CHECK_PATH = '/check';
const STORAGE_KEY = 'farend.check';
/** A token, and not one of the app's own routes. */
const TOKEN = /^[\w~.-]{8,512}$/;

export type Place =
  /** The check alone, with what the link has brought. */
  | { is: 'guest'; token: string }
  /** The app. */
  | { is: 'app' };

interface Address {
  pathname: string;
  hash: string;
}

export function placeOf(
  { pathname, hash }: Address,
  history: Pick<History, 'replaceState'>,
  storage: Storage,
): Place {
  if (pathname.replace(/\/$/, '') !== CHECK_PATH) return { is: 'app' };
  const brought = hash.replace(/^#/, '');
  if (TOKEN.test(brought)) {
    keep(storage, brought);
    history.replaceState(null, '', CHECK_PATH);
    return { is: 'guest', token: brought };
  }
  const token = kept(storage);
  if (token !== null) return { is: 'guest', token };
  // Without a link it is the page of somebody who is signed in, or will be.
  history.replaceState(null, '', '/#/check');
  return { is: 'app' };
}

/** The link is no longer good. */
export function forgetToken(storage: Storage): void {
  try {
    storage.removeItem(STORAGE_KEY);
  } catch {
    // Then there is none.
  }
}

function keep(storage: Storage, token: string): void {
  try {
    storage.setItem(STORAGE_KEY, token);
  } catch {
    // It is good until the page is loaded again.
  }
}

function kept(storage: Storage): string | null {
  try {
    return storage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}
