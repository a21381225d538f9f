import type { State } from '#client/state.ts';
import type { Conversation } from '#protocol/conversations.ts';
import { servesLanguage } from '#protocol/match-language.ts';
import type { Status } from '#protocol/operators.ts';

/** To whom a chat can be handed on (OC-12). `speaks`: somebody of it serves the visitor's language. */
export type Target = { id: string; name: string; speaks: boolean } & (
  | { kind: 'operator'; handle: string; status: Status }
  | { kind: 'department'; there: number }
);

type Known = Pick<State, 'operators' | 'presence' | 'routing' | 'account'>;

/** The colleagues, who is there first, and then the departments; without `operatorId`, who hands it on. */
export function targetsOf(
  { operators, presence, routing, account }: Known,
  { language }: Pick<Conversation, 'language'>,
  operatorId: string,
): Target[] {
  const wanted = language === 'und' ? account?.language : language;
  const statusOf = (id: string): Status => presence.operators.get(id) ?? 'offline';
  const serves = (id: string) => {
    const destinations = routing?.destinations[id] ?? [];
    return (
      wanted === undefined ||
      destinations.length === 0 ||
      destinations.some((one) => servesLanguage(one.language, wanted))
    );
  };
  const rank: Record<Status, number> = { online: 0, away: 1, offline: 2 };
  const colleagues = [...operators.values()]
    .filter(({ id }) => id !== operatorId)
    .map(({ id, name, handle }) => ({
      kind: 'operator' as const,
      id,
      name,
      handle,
      status: statusOf(id),
      speaks: serves(id),
    }))
    .sort((a, b) => rank[a.status] - rank[b.status] || a.name.localeCompare(b.name));
  const departments = (routing?.departments ?? []).map(({ id, name, operators: members }) => {
    const there = members.filter((member) => member !== operatorId && statusOf(member) === 'online');
    const speaks = there.length === 0 || there.some(serves);
    return { kind: 'department' as const, id, name, there: there.length, speaks };
  });
  return [...colleagues, ...departments.sort((a, b) => a.name.localeCompare(b.name))];
}

const words = (text: string) => text.trim().toLocaleLowerCase().replace(/^@/, '');

/** How surely it is the one that is called so: a handle is one operator's alone, a name may be several people's. */
function sureness(target: Target, wanted: string): 'handle' | 'name' | 'part' | null {
  const handle = target.kind === 'operator' ? target.handle : null;
  const name = words(target.name);
  if (handle === wanted) return 'handle';
  if (name === wanted) return 'name';
  return wanted.split(/\s+/).every((word) => `${handle ?? ''} ${name}`.includes(word)) ? 'part' : null;
}

const RANK = { handle: 0, name: 1, part: 2 };

/** Those whose name or handle holds every word of `query`; whom it names exactly is first, a handle before a name. */
export function matching(targets: readonly Target[], query: string): Target[] {
  const wanted = words(query);
  return targets
    .flatMap((target) => {
      const sure = sureness(target, wanted);
      return sure === null ? [] : [{ target, rank: RANK[sure] }];
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ target }) => target);
}

/** Who alone is meant by `query`; undefined where it may be one of several, or nobody. */
export function meant(targets: readonly Target[], query: string): Target | undefined {
  const [first, second] = matching(targets, query);
  const sure = (target: Target) => sureness(target, words(query));
  return first && second && sure(first) === sure(second) ? undefined : first;
}
