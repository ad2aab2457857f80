import { useSyncExternalStore } from 'react';

/** The screens; the part of the address behind `#/`. */
export const ROUTES = ['keypad', 'people', 'recent', 'recordings', 'settings', 'codes', 'admin'] as const;
export type Route = (typeof ROUTES)[number];

/** Whether it stands for itself, and not beside the phone. */
export function isPage(route: Route): route is 'recordings' | 'settings' | 'codes' | 'admin' {
  return route === 'recordings' || route === 'settings' || route === 'codes' || route === 'admin';
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
