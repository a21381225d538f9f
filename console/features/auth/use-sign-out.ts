import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { api } from '../../core/api.ts';

/** Ends this browser's session; nothing of it stays on the screen or in memory. */
export function useSignOut() {
  const queries = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: () => api('DELETE', '/v1/session'),
    onSuccess: async () => {
      await router.navigate({ to: '/sign-in' });
      queries.clear();
    },
  });
}
