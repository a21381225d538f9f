import type { WidgetState } from '#protocol/chatboxes.ts';
import { usesDepartments } from '#protocol/active-routing.ts';
import type { RoutingDecision, RoutingOutcome } from '#protocol/routing.ts';
import { route, type RoutedOperator, type RoutingConfig, type RoutingRequest } from './route.ts';

/** What an open widget shows of who is there. */
export type Service = {
  state: WidgetState;
  /** Nobody serves the language, and the account wants the offline form then (VI-06), whatever else the box says. */
  form: boolean;
  /** To choose from on the welcome screen (OP-07); none while departments are not in force. */
  departments: { id: string; name: string; free: boolean }[];
  /** When the business opens, if it is closed. */
  opensAt: string | null;
};

const states: Record<RoutingOutcome, WidgetState> = {
  ring: 'online',
  queue: 'online',
  offline: 'offline',
  hide: 'hidden',
};

/** Whether the number of chats decides anything that a widget shows: which departments are free. */
export const showsWhoIsFree = (
  { departments, settings }: RoutingConfig,
  operators: readonly RoutedOperator[],
) =>
  departments.length > 0 &&
  (settings.capacity !== null || operators.some(({ capacity }) => capacity !== null));

/** What a widget on this page, in this language, shows: the decision about a visitor who has not chosen a department yet. */
export function servesWidget(
  config: RoutingConfig,
  operators: readonly RoutedOperator[],
  { page, language, at }: Pick<RoutingRequest, 'page' | 'language' | 'at'>,
): Service {
  const decide = (departmentId: string | null) =>
    route(config, operators, { page, language, departmentId, at, except: new Set() });
  const decision = decide(null);
  const departments = usesDepartments(config) ? config.departments : [];
  return {
    ...standingOf(decision),
    departments: departments.map(({ id, name }) => ({ id, name, free: decide(id).outcome === 'ring' })),
    opensAt: decision.opensAt,
  };
}

/** What such a decision is for a widget. */
export const standingOf = ({ outcome, steps }: RoutingDecision): Pick<Service, 'state' | 'form'> => ({
  state: states[outcome],
  form: steps.some((step) => step.step === 'fallback' && step.fallback === 'form'),
});
