import { useOperators } from '../../core/client.tsx';
import { names } from '../../core/format.ts';
import page from '../../core/page.module.css';

/** Who they are, in one line. */
export function OperatorNames({ ids, none }: { ids: readonly string[]; none: string }) {
  const operators = useOperators();
  const there = ids.flatMap((id) => operators.get(id)?.name ?? []);
  if (there.length === 0) return <span className={page.quiet}>{none}</span>;
  return <span dir="auto">{names(there.sort((a, b) => a.localeCompare(b)))}</span>;
}
