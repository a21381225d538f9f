import type { Sender } from '#protocol/entries.ts';
import type { Actor } from '../../core/actor.ts';

export const senderOf = (actor: Actor): Sender =>
  actor.kind === 'visitor'
    ? { kind: 'visitor', id: actor.visitorId }
    : { kind: 'operator', id: actor.operatorId };
