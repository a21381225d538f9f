import type { ReactNode } from 'react';
import styles from './table.module.css';

type Column = {
  says: string;
  className?: string | undefined;
  /** Its head is for those who hear the page: what can be done about a row. */
  unseen?: boolean;
};

/** A list of rows with several facts each; `children` are the rows. */
export function Table({
  columns,
  className,
  children,
}: {
  columns: readonly Column[];
  className?: string | undefined;
  children: ReactNode;
}) {
  return (
    <table className={`${styles.table} ${className ?? ''}`}>
      <thead>
        <tr>
          {columns.map(({ says, className: of, unseen = false }) => (
            <th key={says} scope="col" className={of}>
              {unseen ? <span className="visually-hidden">{says}</span> : says}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
