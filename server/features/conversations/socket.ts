import type { Actor, OperatorActor, VisitorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Connection } from '../../core/realtime/connection.ts';
import type { Handlers } from '../../core/realtime/handlers.ts';
import { topics } from '../../core/realtime/topics.ts';
import type { Context } from '../../context.ts';
import { acceptConversation } from './accept-conversation.ts';
import { closeConversation } from './close-conversation.ts';
import { declineConversation } from './decline-conversation.ts';
import { followConversation } from './follow-conversation.ts';
import type { Appended } from './lane.ts';
import { markReceipt } from './mark-receipt.ts';
import { isParty } from './policy.ts';
import { postMessage } from './post-message.ts';
import { postNote } from './post-note.ts';
import { sideOf } from './project.ts';
import { senderOf } from './sender.ts';
import { startConversation } from './start-conversation.ts';
import { takeConversation } from './take-conversation.ts';
import { cancelTransfer, transferConversation } from './transfer-conversation.ts';
import { writeColleague } from './write-colleague.ts';
import { updateDetails, visitPage } from './tell-of-visitor.ts';

type Mine =
  | 'conversation.start'
  | 'message.post'
  | 'conversation.close'
  | 'conversation.accept'
  | 'conversation.take'
  | 'conversation.transfer'
  | 'transfer.cancel'
  | 'conversation.decline'
  | 'note.post'
  | 'colleague.write'
  | 'receipt.mark'
  | 'page.visit'
  | 'details.update'
  | 'typing'
  | 'conversation.follow'
  | 'conversation.unfollow';

export function conversationSocket(context: Context): Pick<Handlers, Mine> {
  const { hub } = context;
  return {
    'conversation.start': async (actor, message, connection) => {
      const { ref, text, details, page, language, departmentId, invitationId } = message;
      const visitor = asVisitor(actor);
      const appended = await startConversation(context, visitor, text, {
        ref,
        details,
        page,
        language,
        departmentId,
        invitationId,
        browser: connection.browser,
      });
      done(connection, ref, appended);
      if (!connection.onlyAnswers)
        await followConversation(context, connection, actor, appended.conversationId);
    },
    'message.post': async (actor, message, connection) =>
      done(connection, message.ref, await postMessage(context, actor, message)),
    'conversation.close': async (actor, { conversationId, ref }, connection) =>
      done(connection, ref, await closeConversation(context, actor, conversationId, ref)),
    'conversation.accept': async (actor, { conversationId, ref }, connection) =>
      done(connection, ref, await acceptConversation(context, asOperator(actor), conversationId, ref)),
    'conversation.take': async (actor, { conversationId, ref }, connection) =>
      done(connection, ref, await takeConversation(context, asOperator(actor), conversationId, ref)),
    'conversation.transfer': async (actor, message, connection) =>
      done(connection, message.ref, await transferConversation(context, asOperator(actor), message)),
    'transfer.cancel': async (actor, { conversationId, ref }, connection) =>
      done(connection, ref, await cancelTransfer(context, asOperator(actor), conversationId, ref)),
    'conversation.decline': async (actor, { conversationId, ref }, connection) =>
      done(connection, ref, await declineConversation(context, asOperator(actor), conversationId, ref)),
    'note.post': async (actor, message, connection) =>
      done(connection, message.ref, await postNote(context, asOperator(actor), message)),
    'colleague.write': async (actor, message, connection) =>
      done(connection, message.ref, await writeColleague(context, asOperator(actor), message)),
    'receipt.mark': async (actor, { conversationId, ref, mark, upTo }, connection) =>
      done(connection, ref, await markReceipt(context, actor, conversationId, ref, { mark, upTo })),
    'page.visit': async (actor, { conversationId, ref, page }, connection) =>
      done(connection, ref, await visitPage(context, asVisitor(actor), conversationId, ref, page)),
    'details.update': async (actor, { conversationId, ref, details }, connection) =>
      done(connection, ref, await updateDetails(context, asVisitor(actor), conversationId, ref, details)),
    typing: async (actor, { conversationId, on }) => {
      const topic = topics.conversation(actor.accountId, conversationId);
      const conversation = await context.conversations.read({ accountId: actor.accountId, conversationId });
      // Only a party can be seen writing; anything else is not worth an answer.
      if (!conversation || !isParty(actor, conversation)) return;
      const from = sideOf(senderOf(actor), conversation);
      const { channel, visitor, operator } = conversation;
      const other = from === 'visitor' ? (operator?.id ?? null) : visitor.id;
      const to = channel === 'colleague' ? other : null;
      hub.publish({ topic, droppable: true, event: { type: 'typing', conversationId, from, to, on } });
    },
    'conversation.follow': async (actor, { conversationId, after, ref }, connection) => {
      await followConversation(context, connection, actor, conversationId, after);
      connection.send({ type: 'done', ref });
    },
    'conversation.unfollow': async (actor, { conversationId }, connection) =>
      hub.leave(connection, topics.conversation(actor.accountId, conversationId)),
  };
}

function done(connection: Connection, ref: string, { conversationId, seq }: Appended): void {
  connection.send({ type: 'done', ref, conversationId, ...(seq !== undefined && { seq }) });
}

function asVisitor(actor: Actor): VisitorActor {
  if (actor.kind === 'visitor') return actor;
  throw new Refusal('not_allowed', 'Only a visitor can do this.');
}

function asOperator(actor: Actor): OperatorActor {
  if (actor.kind === 'operator') return actor;
  throw new Refusal('not_allowed', 'Only an operator can do this.');
}
