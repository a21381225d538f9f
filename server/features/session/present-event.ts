import { closeCodes } from '#protocol/session.ts';
import type { Down } from '#protocol/down.ts';
import type { Actor } from '../../core/actor.ts';
import type { Connection } from '../../core/realtime/connection.ts';
import type { HubEvent } from '../../core/realtime/event.ts';
import { mayRead } from '../conversations/policy.ts';
import { changesFor } from './changes-for.ts';

/** Serialised once for all who see the same: an event is presented to thousands of connections. */
const texts = new WeakMap<HubEvent, Map<string, string>>();

/** Event -> the frame that this connection may see, as text. Closes the connection where its right has ended. */
export function presentEvent(event: HubEvent, connection: Connection, leave: () => void): string | undefined {
  const { actor } = connection;
  if (event.type === 'ended') {
    connection.close(closeCodes.signIn, 'signed out');
    return undefined;
  }
  if (!actor) return undefined;
  if (event.type === 'entries' && !mayRead(actor, event)) {
    leave();
    return textOf({ type: 'gone', conversationId: event.conversationId });
  }
  // What a normal operator sees of a change depends on who it is; for all others the audience is enough.
  const audience = actor.kind === 'visitor' ? 'visitor' : actor.role;
  if (audience === 'normal' && event.type === 'changes') return textOf(present(event, actor));
  const known = texts.get(event) ?? new Map<string, string>();
  texts.set(event, known);
  const made = known.get(audience) ?? textOf(present(event, actor)) ?? '';
  known.set(audience, made);
  return made === '' ? undefined : made;
}

const textOf = (frame: Down | undefined): string | undefined => frame && JSON.stringify(frame);

function present(event: Exclude<HubEvent, { type: 'ended' }>, actor: Actor): Down | undefined {
  switch (event.type) {
    case 'entries': {
      const { conversationId, entries, head } = event;
      return { type: 'entries', conversationId, entries, head };
    }
    case 'changes': {
      const { seq, ...changed } = event;
      return actor.kind === 'operator'
        ? changesFor(actor, { from: seq - 1, to: seq, ...changed })
        : undefined;
    }
    case 'head':
      return event;
    case 'typing':
      return event.from === actor.kind ? undefined : event;
    case 'presence': {
      const { online, operators } = event;
      return actor.kind === 'operator'
        ? { type: 'presence', online, operators }
        : { type: 'presence', online };
    }
  }
}
