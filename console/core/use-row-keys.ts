import { useAction } from './actions.ts';

function focusRow(rowsOf: string, step: 1 | -1) {
  const rows = [...document.querySelectorAll<HTMLElement>(rowsOf)];
  const focused = rows.findIndex((row) => row === document.activeElement);
  const at = focused >= 0 ? focused : rows.findIndex((row) => row.ariaCurrent === 'true');
  const next = rows[at < 0 ? 0 : at + step];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

/** J and K go from row to row of a list; `rowsOf` is the selector of the links that are its rows. */
export function useRowKeys(rowsOf: string, says: { next: string; previous: string }): void {
  useAction({ id: 'next', label: says.next, keys: ['KeyJ'], run: () => focusRow(rowsOf, 1) });
  useAction({ id: 'previous', label: says.previous, keys: ['KeyK'], run: () => focusRow(rowsOf, -1) });
}
