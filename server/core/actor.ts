import type { Role } from '#protocol/operators.ts';

/** A signed-in human. */
export type PersonActor = {
  kind: 'person';
  personId: string;
  sessionId: string;
  signedInAt: Date;
  sessionExpiresAt: Date;
  platformAdministrator: boolean;
};

/** A person acting as a member of one account. Made from the session and a checked membership, never from input. */
export type OperatorActor = {
  kind: 'operator';
  accountId: string;
  operatorId: string;
  personId: string;
  sessionId: string;
  signedInAt: Date;
  role: Role;
  name: string;
};

/** A visitor of a customer's site. Made from a token that this server signed. */
export type VisitorActor = {
  kind: 'visitor';
  accountId: string;
  visitorId: string;
  chatboxId: string;
  /** When this visit began; coming back after hours of absence begins another one. */
  since: Date;
};

/** Who speaks on a connection or in a conversation. */
export type Actor = OperatorActor | VisitorActor;
