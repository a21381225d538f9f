import { createHmac } from 'node:crypto';
import type { AnnouncedPage, AnnouncePage, SiteVisit } from '#protocol/visitors.ts';
import type { VisitorActor } from '../../core/actor.ts';
import type { RequestInfo } from '../../core/http/route.ts';
import { addressKey } from '../../core/rate-limit.ts';
import type { Context } from '../../context.ts';
import { readOpenConversation } from '../../unscoped/read-log.ts';
import { authenticateVisitor } from './authenticate.ts';
import { findVisitor } from './store.ts';

type Who = Pick<SiteVisit, 'visitor' | 'conversation'>;

const NOBODY: Who = { visitor: null, conversation: null };
const WEB = /^(?:https?|android-app):\/\//;

/**
 * The page in front of a visitor, told while an operator of the account looks (OC-11); waits for what the page has to
 * show. Nothing of it is stored. The address is kept as a hash that only this installation can make.
 */
export async function announcePage(
  context: Context,
  accountId: string,
  said: AnnouncePage,
  { ip, headers, signal }: RequestInfo,
): Promise<AnnouncedPage> {
  const { openPages } = context;
  if (!openPages.isWatched(accountId)) return { watched: false, invitation: null };
  const { tab, page, referrer, language, seconds, refuses, shown, wait } = said;
  const browser = headers.get('user-agent')?.slice(0, 400) ?? null;
  const key = context.key('visits');
  const hash = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  const address = addressKey(ip);
  const actor = headers.has('authorization')
    ? // A token that is no longer good says nothing; the visitor stays who it was.
      await authenticateVisitor(context, headers).catch(() => undefined)
    : undefined;
  const who =
    actor?.accountId === accountId && !openPages.knows(accountId, tab, actor.visitorId)
      ? await whoIs(context, actor)
      : NOBODY;
  const seen = {
    tab,
    page,
    referrer: referrer !== null && WEB.test(referrer) ? referrer : null,
    language,
    seconds,
    refuses,
    browser,
    who: hash(`${address}\n${browser}`),
    address: hash(address),
    ...who,
  };
  return openPages.announce(accountId, seen, { shown, wait, signal });
}

async function whoIs({ db }: Context, { accountId, visitorId }: VisitorActor): Promise<Who> {
  const row = await db.inAccount(accountId, (tx) => findVisitor(tx, accountId, visitorId));
  const visitor = { id: visitorId, name: row?.name ?? null, email: row?.email ?? null };
  const open = row && (await readOpenConversation(db, accountId, visitorId));
  if (!open || open.conversation.state === 'closed') return { visitor, conversation: null };
  const { id, state, operator } = open.conversation;
  return { visitor, conversation: { id, state, operator } };
}
