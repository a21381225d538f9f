import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import '@fontsource-variable/inter/wght.css';
import './core/tokens.css';
import './core/base.css';
import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, isSignedOut } from './core/api.ts';
import { cssVariablesResolver, theme } from './core/theme.ts';
import { trustOnlyText } from './core/trusted-types.ts';
import { useUi } from './core/ui-store.ts';
import { makeRouter } from './router.tsx';
import { loadTexts } from './texts.ts';

/** A lost session anywhere: the sign-in screen, and back to the same place after it. */
function onError(error: unknown) {
  if (!isSignedOut(error)) return;
  const { pathname, href } = router.state.location;
  if (pathname === '/sign-in' || pathname === '/setup') return;
  queries.removeQueries({ queryKey: ['me'] });
  void router.navigate({ to: '/sign-in', search: { from: href } });
}

// A repeat helps against a lost line or a stumbling server, never against a refusal.
const passes = (error: unknown) =>
  error instanceof ApiError && ['unreachable', 'internal', 'unavailable'].includes(error.code);

const queries = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: { staleTime: 10_000, retry: (count, error) => count < 2 && passes(error) },
    mutations: { networkMode: 'always' },
  },
});
const router = makeRouter(queries);

function App() {
  const density = useUi((state) => state.density);
  useEffect(() => {
    document.documentElement.dataset['density'] = density;
  }, [density]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <ModalsProvider>
          <RouterProvider router={router} />
          <Notifications position="bottom-right" />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}

trustOnlyText();
await loadTexts();
const place = document.querySelector('#root');
if (place === null) throw new Error('index.html has no #root');
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
