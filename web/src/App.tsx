import '@fontsource-variable/figtree/wght.css';
import '@mantine/core/styles.css';
import './theme/global.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { Refused } from './api/client.ts';
import { BackendProvider, type Backend } from './backend.ts';
import { PageCrash } from './shell/Crash.tsx';
import { Session } from './shell/Session.tsx';
import { cssVariables, theme } from './theme/theme.ts';

const schemes = localStorageColorSchemeManager({ key: 'farend.scheme' });

export function App({ backend }: { backend: Backend }) {
  const [queries] = useState(createQueries);
  return (
    <MantineProvider
      theme={theme}
      // Without transitions, which jsdom never finishes.
      env={import.meta.env.MODE === 'test' ? 'test' : 'default'}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={schemes}
      defaultColorScheme="auto"
    >
      <BackendProvider value={backend}>
        <QueryClientProvider client={queries}>
          <PageCrash>
            <Session />
          </PageCrash>
        </QueryClientProvider>
      </BackendProvider>
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
