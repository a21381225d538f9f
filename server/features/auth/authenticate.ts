import type { OperatorActor, PersonActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Authenticate } from '../../core/http/listener.ts';
import type { Context } from '../../context.ts';
import { membershipOf } from '../operators/memberships.ts';

type Needed = Pick<Context, 'auth' | 'db'>;

/** The signed-in person, or `not_signed_in`. */
async function personOf({ auth }: Needed, headers: Headers): Promise<PersonActor> {
  const person = await auth.sessionOf(headers);
  if (!person) throw new Refusal('not_signed_in', 'Please sign in.');
  return person;
}

/**
 * The signed-in person as one of its own memberships. Throws `not_signed_in`, also for a session that an administrator
 * of the account has ended there (OP-03), and `not_allowed` for what is not its
 * own, whether it exists or not.
 */
export async function operatorOf(
  context: Needed,
  headers: Headers,
  operatorId: string,
): Promise<OperatorActor> {
  const { personId, sessionId, signedInAt } = await personOf(context, headers);
  const membership = UUID.test(operatorId) ? await membershipOf(context.db, personId, operatorId) : undefined;
  if (!membership) throw new Refusal('not_allowed', 'You are not an operator of this account (any more).');
  const { signedOutAt, ...rest } = membership;
  if (signedOutAt !== null && signedInAt <= signedOutAt)
    throw new Refusal('not_signed_in', 'An administrator has signed you out here. Please sign in again.');
  return { kind: 'operator', operatorId, personId, sessionId, signedInAt, ...rest };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** How the people of the console prove who they are: the session cookie, and `Foyer-Operator` for the membership. */
export function authenticateConsole(
  context: Needed,
): Pick<Authenticate, 'person' | 'operator' | 'administrator'> {
  const operator = (headers: Headers) => operatorOf(context, headers, headers.get('foyer-operator') ?? '');
  return {
    person: (headers) => personOf(context, headers),
    operator,
    administrator: async (headers) => {
      const actor = await operator(headers);
      if (actor.role !== 'administrator')
        throw new Refusal('not_allowed', 'Only an administrator of the account may do this.');
      return actor;
    },
  };
}
