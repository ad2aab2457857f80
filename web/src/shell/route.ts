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
  'admin',
] as const;
export type Route = (typeof ROUTES)[number];

/** Those that stand for themselves, and not beside the phone. */
const PAGES = ['recordings', 'settings', 'codes', 'check', 'admin'] as const satisfies readonly Route[];
type Page = (typeof PAGES)[number];

/** Whether it stands for itself, and not beside the phone. */
export function isPage(route: Route): route is Page {
  return PAGES.some((page) => page === route);
}

export function routeOf(hash: string): Route {
  const name = hash.replace(/^#\/?/, '');
  return ROUTES.find((route) => route === name) ?? 'keypad';
}

export function useRoute(): Route {
  return useSyncExternalStore(
    (changed) => {
      window.addEventListener('hashchange', changed);
      return () => window.removeEventListener('hashchange', changed);
    },
    () => routeOf(window.location.hash),
  );
}

export function goTo(route: Route): void {
  window.location.hash = `/${route}`;
}
