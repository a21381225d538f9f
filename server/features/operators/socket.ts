import { Refusal } from '../../core/errors.ts';
import type { Handlers } from '../../core/realtime/handlers.ts';
import type { Context } from '../../context.ts';
import { setStatus } from './set-status.ts';

export function operatorSocket(context: Context): Pick<Handlers, 'status.set'> {
  return {
    'status.set': async (actor, { ref, status }, connection) => {
      if (actor.kind !== 'operator') throw new Refusal('not_allowed', 'Only an operator has a status.');
      await setStatus(context, actor, status);
      connection.send({ type: 'done', ref });
    },
  };
}
