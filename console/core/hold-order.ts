/**
 * The order to show while the pointer is over the list: rows stay where they are, new ones wait in a pill.
 * `held` is the order that was shown when the pointer came; null shows `ids` as they are.
 */
export function holdOrder(
  ids: readonly string[],
  held: readonly string[] | null,
): { shown: string[]; fresh: number } {
  const now = new Set(ids);
  const shown = held?.filter((id) => now.has(id)) ?? [];
  // Where no row is, none can move.
  if (shown.length === 0) return { shown: [...ids], fresh: 0 };
  const before = new Set(held);
  return { shown, fresh: ids.filter((id) => !before.has(id)).length };
}
