import type { Conversation, Desk } from '#protocol/conversations.ts';
import type { Page } from '#protocol/entries.ts';
import type { RoutingDecision } from '#protocol/routing.ts';
import type { Tx } from '../../core/database/database.ts';
import { route, type RoutingConfig } from '../routing/route.ts';
import { readSituation } from './situation.ts';

type Request = { page: Page | null; language: string | null; departmentId?: string | undefined };

type Routed = Pick<Conversation, 'department'> & { desk: Desk; decision: RoutingDecision };

/** Who may take a conversation that begins now, and why (OP-13). */
export async function routeNew(
  tx: Tx,
  accountId: string,
  { page, language, departmentId }: Request,
): Promise<Routed> {
  const { config, operators } = await readSituation(tx, accountId);
  const department = config.departments.find(({ id }) => id === departmentId) ?? null;
  const at = new Date();
  const decision = route(config, operators, {
    page: page?.url ?? null,
    language,
    departmentId: department?.id ?? null,
    at,
    except: new Set(),
  });
  return {
    department: department && { id: department.id, name: department.name },
    desk: deskOf(config, decision, at),
    decision,
  };
}

/**
 * Whether a decision leaves it to whoever of its audience is free, now or later: it is open, and those who are able to
 * answer are the audience. Else that is only who may answer where nobody can be called.
 */
export function callsTheFree({ steps }: RoutingDecision): boolean {
  const present = steps.findIndex(({ step }) => step === 'present');
  const able = steps[present - 1];
  return present >= 0 && !(able && 'operators' in able && able.operators === 0);
}

/** The desk that a decision makes. Ring-all names nobody: whoever of the audience is free is rung at any moment. */
export function deskOf(
  { settings: { distribution, answerWithin } }: RoutingConfig,
  decision: RoutingDecision,
  at: Date,
): Desk {
  const { audience } = decision;
  const all = distribution === 'ring-all' && callsTheFree(decision);
  const ring = all ? null : decision.ring;
  const until = ring?.length ? new Date(at.getTime() + answerWithin * 1000).toISOString() : null;
  return { audience, ring, ringUntil: until, passed: [], declined: [], transfer: null };
}
