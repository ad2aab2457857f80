import { useSyncExternalStore } from 'react';

/** The screens; the part of the address behind `#/`. */
export const ROUTES = [
  'keypad',
  'people',
  'recent',
  'recordings',
  'settings',
  'codes',
  'check',
  'calls',
  'admin',
] as const;
export type Route = (typeof ROUTES)[number];

/** Those that stand for themselves, and not beside the phone. */
const PAGES = [
  'recordings',
  'settings',
  'codes',
  'check',
  'calls',
  'admin',
] as const satisfies readonly Route[];
type Page = (typeof PAGES)[number];

/** Whether it stands for itself, and not beside the phone. */
export function isPage(route: Route): route is Page {
  return PAGES.some((page) => page === route);
}

export function routeOf(hash: string): Route {
  const [name] = partsOf(hash);
  return ROUTES.find((route) => route === name) ?? 'keypad';
}

/** The parts of an address between slashes: the screen first, then what of it. */
export function partsOf(hash: string): string[] {
  return hash.replace(/^#\/?/, '').split('/').map(decoded);
}

/** Screens that links from elsewhere lead to, such as `/admin/doctor/checks/7`: as this page writes them, or `null`. */
export function hashOf(pathname: string): string | null {
  return /^\/(admin|calls)\//.test(pathname) ? `#${pathname}` : null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Typed by hand, with a stray per cent.
    return part;
  }
}

export function useRoute(): Route {
  return routeOf(useHash());
}

/** What of a screen is shown: the address's parts behind the screen's own. */
export function useParts(): string[] {
  return partsOf(useHash()).slice(1);
}

function useHash(): string {
  return useSyncExternalStore(
    (changed) => {
      window.addEventListener('hashchange', changed);
      return () => window.removeEventListener('hashchange', changed);
    },
    () => window.location.hash,
  );
}

export function goTo(route: Route): void {
  window.location.hash = `/${route}`;
}
