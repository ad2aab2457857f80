import { useSyncExternalStore } from 'react';

/** The screens; the part of the address behind `#/`. */
export const ROUTES = ['keypad', 'people', 'recent', 'settings', 'codes', 'admin'] as const;
export type Route = (typeof ROUTES)[number];

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
