import { Refusal } from '../../core/errors.ts';
import type { Actor, OperatorActor } from '../../core/actor.ts';
import type { Handlers } from '../../core/realtime/handlers.ts';
import type { Context } from '../../context.ts';
import { inviteVisitor } from './invite-visitor.ts';

/** Most visits for a console that asks over HTTP, which asks for all of them again and again. */
const MOST_ASKED = 500;

export function visitorSocket(context: Context): Pick<Handlers, 'visitors.watch' | 'visitor.invite'> {
  const { openPages } = context;
  return {
    'visitors.watch': async (actor, { ref, on }, connection) => {
      const { accountId } = asOperator(actor);
      if (on && connection.onlyAnswers) {
        const visits = openPages.look(accountId).slice(0, MOST_ASKED);
        connection.send({ type: 'visitors', whole: true, visits, gone: [] });
      } else if (on) openPages.watch(accountId, connection);
      else openPages.unwatch(accountId, connection);
      connection.send({ type: 'done', ref });
    },
    'visitor.invite': async (actor, { ref, visitId, text }, connection) => {
      await inviteVisitor(context, asOperator(actor), { ref, visitId, text });
      connection.send({ type: 'done', ref });
    },
  };
}

function asOperator(actor: Actor): OperatorActor {
  if (actor.kind === 'operator') return actor;
  throw new Refusal('not_allowed', 'Only an operator can do this.');
}
