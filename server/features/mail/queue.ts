import * as z from 'zod/mini';
import type { Queue } from '../../core/jobs/queue.ts';

/** One mail to be delivered: after a minute, two, four, up to four hours, for about a day and a half. */
export const mailQueue = {
  name: 'mail',
  payload: z.object({ accountId: z.uuid(), mailId: z.uuid() }),
  retry: { times: 16, first: 60, longest: 4 * 3600 },
} satisfies Queue;
