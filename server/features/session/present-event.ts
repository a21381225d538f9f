import { closeCodes } from '#protocol/session.ts';
import type { Down } from '#protocol/down.ts';
import type { OperatorActor } from '../../core/actor.ts';
import type { Connection } from '../../core/realtime/connection.ts';
import type { HubEvent } from '../../core/realtime/event.ts';
import { entriesFor, mayRead } from '../conversations/policy.ts';
import { changesFor } from './changes-for.ts';

type Membership = Extract<HubEvent, { type: 'membership' }>;

/** Event -> the frame that this connection may see, as text. Closes the connection where its right has ended. */
export function presentEvent(event: HubEvent, connection: Connection, leave: () => void): string | undefined {
  const { actor } = connection;
  if (event.type === 'ended') {
    connection.close(closeCodes.signIn, 'signed out');
    return undefined;
  }
  if (!actor) return undefined;
  if (event.type === 'membership') {
    // A line keeps the speaker that it began with; one with another role or name begins anew.
    if (actor.kind === 'operator' && !isStill(actor, event))
      connection.close(closeCodes.signIn, 'the membership has changed');
    return undefined;
  }
  switch (event.type) {
    case 'entries': {
      const { conversationId, entries, head } = event;
      if (mayRead(actor, event)) {
        return once(event, actor.kind, () =>
          textOf({ type: 'entries', conversationId, entries: entriesFor(actor.kind, entries), head }),
        );
      }
      leave();
      const by = actor.kind === 'operator' ? event.operator?.name : undefined;
      return textOf({ type: 'gone', conversationId, by });
    }
    case 'changes': {
      if (actor.kind === 'visitor') return undefined;
      // What a normal operator sees of a change depends on who it is.
      const who = actor.role === 'administrator' ? 'administrator' : actor.operatorId;
      return once(event, who, () => changesText(event, actor));
    }
    case 'head':
      return textOf(event);
    case 'visits':
    case 'invitation':
    case 'watched':
      // Between processes alone: who looks at the visitors is told by features/visitors/watchers.ts.
      return undefined;
    case 'typing': {
      const { to, ...typing } = event;
      const told =
        to === null ? event.from !== actor.kind : actor.kind === 'operator' && actor.operatorId === to;
      return told ? once(event, 'all', () => textOf(typing)) : undefined;
    }
    case 'queue':
      return actor.kind === 'visitor' ? textOf(event) : undefined;
    case 'presence': {
      const { online, operators } = event;
      const seen = actor.kind === 'operator' ? { online, operators } : { online };
      return once(event, actor.kind, () => textOf({ type: 'presence', ...seen }));
    }
  }
}

/** A frame that differs only in which conversations it has: each of them is serialised once for all operators. */
function changesText(event: Extract<HubEvent, { type: 'changes' }>, actor: OperatorActor): string {
  const { seq, ...changed } = event;
  const { conversations, ...rest } = changesFor(actor, { from: seq - 1, to: seq, ...changed });
  const texts = conversations.map((conversation) =>
    once(event, conversation.id, () => JSON.stringify(conversation)),
  );
  return `{"conversations":[${texts.join(',')}],${JSON.stringify(rest).slice(1)}`;
}

const made = new WeakMap<HubEvent, Map<string, string>>();

/** Serialises once for all who see the same: an event is presented to thousands of connections. */
function once(event: HubEvent, key: string, make: () => string): string {
  const texts = made.get(event) ?? new Map<string, string>();
  made.set(event, texts);
  const text = texts.get(key) ?? make();
  texts.set(key, text);
  return text;
}

const textOf = (frame: Down): string => JSON.stringify(frame);

const isStill = (actor: OperatorActor, { role, name, signedOutAt }: Membership): boolean =>
  actor.role === role &&
  actor.name === name &&
  (signedOutAt === null || actor.signedInAt.toISOString() > signedOutAt);
