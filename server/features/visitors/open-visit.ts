import type { Visit } from '#protocol/chatboxes.ts';
import type { VisitorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { accountIdOfChatbox } from '../../unscoped/read-accounts.ts';
import { readOpenConversation } from '../../unscoped/read-log.ts';
import { conversationFor } from '../conversations/policy.ts';
import { issueTokens, visitorOf } from './tokens.ts';

/**
 * Begins a visit, or continues the one that `refresh` speaks for. A token of another account, an expired or a foreign
 * one begins a new visit: a visitor is never stopped by an old cookie, and '' forgets who it was (logging out). Throws `not_found` for an unknown key.
 */
export async function openVisit(context: Context, key: string, refresh: string | undefined): Promise<Visit> {
  const box = await accountIdOfChatbox(context.db, key);
  if (!box) throw notFound('chatbox');
  const known =
    refresh === undefined
      ? undefined
      : await visitorOf(context.key('visitor'), refresh, 'refresh').catch(() => undefined);
  if (known?.accountId === box.accountId) return visitOf(context, { ...known, ...box });
  return visitOf(context, { kind: 'visitor', ...box, visitorId: crypto.randomUUID(), since: new Date() });
}

export async function visitOf(context: Context, actor: VisitorActor): Promise<Visit> {
  const tokens = await issueTokens(context.key('visitor'), actor);
  const open = await readOpenConversation(context.db, actor.accountId, actor.visitorId);
  return {
    visitorId: actor.visitorId,
    ...tokens,
    conversation: open ? conversationFor('visitor', open.conversation) : null,
  };
}
