import { type MouseEvent, type ReactNode, useState } from 'react';
import { holdOrder } from './hold-order.ts';
import styles from './held-list.module.css';

/** The order to show of `ids` while the pointer holds the list; `of` tells one list from the other in the same place. */
export function useHeld(ids: readonly string[], of = '') {
  const [held, setHeld] = useState<{ of: string; ids: readonly string[] } | null>(null);
  const { shown, fresh } = holdOrder(ids, held?.of === of ? held.ids : null);
  return { shown, fresh, hold: () => setHeld({ of, ids: shown }), release: () => setHeld(null) };
}

type Props = {
  held: ReturnType<typeof useHeld>;
  /** Of the pill that shows the rows which came meanwhile. */
  fresh: string;
  children: ReactNode;
};

/** A list whose rows stay where they are under the pointer. */
export function HeldList({ held, fresh, children }: Props) {
  const hold = (event: MouseEvent) => {
    if (event.buttons === 0) held.hold();
  };
  return (
    <div className={styles.held} onMouseEnter={hold} onMouseLeave={held.release}>
      {children}
      {held.fresh > 0 && (
        <button type="button" className={styles.fresh} onClick={held.release}>
          {fresh}
        </button>
      )}
    </div>
  );
}
