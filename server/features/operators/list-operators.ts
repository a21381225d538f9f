import type { Operator } from '#protocol/operators.ts';
import type { OperatorActor } from '../../core/actor.ts';
import type { Context } from '../../context.ts';
import { listOperators as listRows } from './store.ts';

/** Everybody of the actor's account, oldest first. */
export const listOperators = ({ db }: Context, { accountId }: OperatorActor): Promise<Operator[]> =>
  db.inAccount(accountId, (tx) => listRows(tx, accountId));
