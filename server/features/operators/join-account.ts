import type { Operator, Role } from '#protocol/operators.ts';
import type { Tx } from '../../core/database/database.ts';
import { Refusal } from '../../core/errors.ts';
import { nextChange } from '../accounts/change-stream.ts';
import { countOperators } from './count-operators.ts';
import { handleTaken } from './handle-taken.ts';
import { insertOperator } from './store.ts';

const MOST = 1000;

export type NewMember = { personId: string; handle: string; name: string; role: Role };

/**
 * Makes a person an operator of an account, in a transaction of that account. Returns the operator and the position
 * of the change that is to be published after the commit. Throws `conflict` when the handle is taken, `limit_reached`
 * at 1000 operators.
 */
export async function joinAccount(
  tx: Tx,
  accountId: string,
  member: NewMember,
): Promise<{ operator: Operator; seq: number }> {
  const { personId, handle, name, role } = member;
  // What an operator has not chosen yet is to be reachable while the console is open: presence needs a live line too.
  const operator: Operator = {
    id: crypto.randomUUID(),
    handle,
    name,
    role,
    status: 'online',
    capacity: null,
  };
  const { id, ...rest } = operator;
  const seq = await nextChange(tx, accountId);
  const row = {
    ...rest,
    account_id: accountId,
    operator_id: id,
    person_id: personId,
    created_at: new Date(),
    changed_seq: seq,
  };
  if ((await countOperators(tx, accountId)) >= MOST)
    throw new Refusal('limit_reached', `An account has at most ${MOST} operators, and this one has them.`);
  try {
    await insertOperator(tx, row);
  } catch (error) {
    throw handleTaken(error, handle);
  }
  return { operator, seq };
}
