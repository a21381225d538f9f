import * as z from 'zod/mini';
import { clientRef, email, id, line, text } from './ids.ts';

export const role = z.enum(['administrator', 'normal']);
export type Role = z.infer<typeof role>;

/** What the operator chose (OC-01). Whether it is reached also depends on a live connection. */
export const status = z.enum(['online', 'away', 'offline']);
export type Status = z.infer<typeof status>;

/** Name of an operator inside its account: 2 to 40 of a-z, 0-9, dot, hyphen, underscore. */
export const handle = z.string().check(z.regex(/^[a-z0-9][a-z0-9._-]{0,38}[a-z0-9]$/));

/** Conversations at once; null: the account's limit. */
const capacity = z.nullable(z.int().check(z.minimum(1), z.maximum(1000)));

export const operator = z.object({ id, handle, name: z.string(), role, status, capacity });
export type Operator = z.infer<typeof operator>;

/** up: choose the own status. */
export const setStatus = z.strictObject({ type: z.literal('status.set'), ref: clientRef, status });

/**
 * down: who is truly there, whole. `present` is what colleagues and visitors may count on: the chosen status while
 * a live connection stands behind it, else `offline`. Droppable; repeated with the next heartbeat if dropped.
 */
export const presenceDown = z.object({
  type: z.literal('presence'),
  /** For visitors: whether somebody can answer now. */
  online: z.boolean(),
  /** For operators only. */
  operators: z.optional(z.record(id, status)),
});

/**
 * POST /v1/operators (administrator). Without a password a random one is made and shown once (OP-01). A person who is
 * registered already is asked (OP-04), and keeps its own password.
 */
export const addOperator = z.strictObject({
  email,
  name: line(120),
  handle,
  role,
  password: z.optional(text(200).check(z.minLength(10))),
});
/** GET /v1/operators */
export const operators = z.object({ operators: z.array(operator) });
export type Operators = z.infer<typeof operators>;

/** GET /v1/offline-recipients (administrator): who gets off-line messages now; with nobody chosen, the owner (OP-08). */
export const offlineRecipients = z.object({
  recipients: z.array(z.object({ name: z.string(), address: z.string() })),
});
export type OfflineRecipients = z.infer<typeof offlineRecipients>;

/** PATCH /v1/operators/:operatorId (administrator): what is named. DELETE keeps the history (OP-05). */
export const changeOperator = z.strictObject({
  name: z.optional(line(120)),
  handle: z.optional(handle),
  role: z.optional(role),
  capacity: z.optional(capacity),
});
export const operatorParams = z.strictObject({ operatorId: id });

/** PATCH /v1/profile: the own display name in this account (OC-18). */
export const changeProfile = z.strictObject({ name: line(120) });
