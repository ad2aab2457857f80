import '@fontsource-variable/figtree/wght.css';
import '@mantine/core/styles.css';
import './theme/global.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { Refused } from './api/client.ts';
import { BackendProvider, type Backend } from './backend.ts';
import type { CheckBackend } from './check/useCheck.ts';
import { PageCrash } from './shell/Crash.tsx';
import { Session } from './shell/Session.tsx';
import { cssVariables, theme } from './theme/theme.ts';

const schemes = localStorageColorSchemeManager({ key: 'farend.scheme' });

const GuestPage = lazy(async () => ({ default: (await import('./check/GuestPage.tsx')).GuestPage }));

export function App({ backend }: { backend: Backend }) {
  const [queries] = useState(createQueries);
  return (
    <Look>
      <BackendProvider value={backend}>
        <QueryClientProvider client={queries}>
          <PageCrash>
            <Session />
          </PageCrash>
        </QueryClientProvider>
      </BackendProvider>
    </Look>
  );
}

/** The page of a guest with a link to the audio check. */
export function GuestApp({ check }: { check: CheckBackend }) {
  return (
    <Look>
      <PageCrash>
        <Suspense fallback={null}>
          <GuestPage check={check} />
        </Suspense>
      </PageCrash>
    </Look>
  );
}

function Look({ children }: { children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      // Without transitions, which jsdom never finishes.
      env={import.meta.env.MODE === 'test' ? 'test' : 'default'}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={schemes}
      defaultColorScheme="auto"
    >
      {children}
    </MantineProvider>
  );
}

function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A server that said no will say no again; one that is away comes back.
        retry: (failures, error) => !(error instanceof Refused) && failures < 2,
        staleTime: 30_000,
      },
    },
  });
}
