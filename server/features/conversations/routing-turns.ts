import type { RoutingTurn } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';
import type { RoutingDecision } from '#protocol/routing.ts';
import type { StoredConversation } from '../../unscoped/stored-conversation.ts';
import { isOffered } from './policy.ts';
import { project } from './project.ts';

/** The decision with which a conversation began; none where it began with its operator. */
type First = { at: string; decision: RoutingDecision } | undefined;

/**
 * Why a conversation went to whom (OP-13), oldest first: read off its entries, of which those that only say something may
 * be missing. Pure.
 */
export function routingTurns(
  conversation: StoredConversation,
  first: First,
  entries: Entry[],
): RoutingTurn[] {
  const turns: RoutingTurn[] = first ? [{ kind: 'decided', ...first }] : [];
  const begun = { ...conversation.conversation, state: 'waiting' as const, operator: null, desk: null };
  let now: StoredConversation = { ...conversation, conversation: begun };
  for (const entry of entries) {
    const turn = turnOf(entry, now);
    if (turn) turns.push(turn);
    now = project(now, entry);
  }
  return turns;
}

function turnOf({ seq, at, what }: Entry, { conversation }: StoredConversation): RoutingTurn | undefined {
  switch (what.kind) {
    case 'routed':
      return { kind: 'decided', at, decision: what.decision };
    case 'invited':
      return { kind: 'invited', at, operator: what.operator };
    case 'queued':
      return { kind: 'queued', at, why: what.why };
    case 'joined': {
      const { operator } = what;
      const from = conversation.operator;
      const offered = isOffered({ operatorId: operator.id }, conversation);
      // Visitors begin with a message: where somebody has joined before it, it was his.
      const how = from ? (offered ? 'transferred' : 'taken-over') : seq === 1 ? 'invited' : 'accepted';
      return { kind: 'joined', at, operator, how, from };
    }
    default:
      return undefined;
  }
}
