import styles from './count-badge.module.css';

/** How much is waiting, for the eye only: who hears the page is told in words beside it. */
export function CountBadge({ count, className }: { count: number; className?: string | undefined }) {
  return (
    <span className={`${styles.badge} ${className ?? ''}`} aria-hidden>
      {count > 99 ? '99+' : count}
    </span>
  );
}
