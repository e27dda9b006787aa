import { QueryClient } from '@tanstack/vue-query';

const FRESH_MS = 30_000;

/**
 * What was read, for a while. The client tries reads again by itself. Reads are tried without a network too, so that a
 * screen says that the server cannot be reached instead of waiting in silence.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      retry: false,
      networkMode: 'always',
      refetchOnReconnect: true,
      refetchOnWindowFocus: false,
    },
  },
});
