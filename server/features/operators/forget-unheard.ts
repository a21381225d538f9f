import { topics } from '../../core/realtime/topics.ts';
import type { Context } from '../../context.ts';

/** Until somebody here follows an account, other processes tell its presence to others only. */
export function forgetUnheard({ hub, presence }: Pick<Context, 'hub' | 'presence'>, accountId: string): void {
  const here = hub.followers(topics.visitors(accountId)) + hub.followers(topics.account(accountId));
  if (here === 0) presence.forget(accountId);
}
