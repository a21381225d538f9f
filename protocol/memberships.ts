import * as z from 'zod/mini';
import { id, instant } from './ids.ts';
import { handle, operator, role } from './operators.ts';

const request = {
  id,
  /** What the person will be in the account. */
  name: z.string(),
  handle,
  role,
  /** Name of the administrator who asks. */
  askedBy: z.string(),
  createdAt: instant,
  expiresAt: instant,
};

/** GET /v1/membership-requests (administrator): who was asked and has not answered; DELETE .../:requestId withdraws. */
export const membershipRequest = z.object({ ...request, email: z.string() });
export type MembershipRequest = z.infer<typeof membershipRequest>;
/** Answer of POST /v1/operators: somebody new, or a request to somebody who is registered. */
export const addedOperator = z.union([
  z.object({ operator, password: z.optional(z.string()) }),
  z.object({ request: membershipRequest }),
]);
export type AddedOperator = z.infer<typeof addedOperator>;

export const membershipRequests = z.object({ requests: z.array(membershipRequest) });
export type MembershipRequests = z.infer<typeof membershipRequests>;
export const requestParams = z.strictObject({ requestId: id });

/**
 * GET /v1/person/membership-requests (OC-19): the accounts that ask me; none before my address is verified.
 * POST .../:requestId confirms, DELETE declines. DELETE /v1/person/memberships/:operatorId leaves an account.
 */
export const myRequests = z.object({
  verified: z.boolean(),
  requests: z.array(z.object({ ...request, account: z.string() })),
});
export type MyRequests = z.infer<typeof myRequests>;
