import type { Status } from '#protocol/operators.ts';

const COLOURS = { online: 'var(--ok)', away: 'var(--warn)', offline: 'var(--text-3)' } as const;

/** Filled, half or empty: the shape says it too. Decoration beside the word. */
export function PresenceDot({ status, size = 10 }: { status: Status; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 10 10"
      aria-hidden
      style={{ color: COLOURS[status], flex: 'none' }}
    >
      <circle
        cx="5"
        cy="5"
        r="4"
        fill={status === 'online' ? 'currentColor' : 'none'}
        stroke="currentColor"
        strokeWidth="1.5"
      />
      {status === 'away' && <path d="M5 1a4 4 0 0 1 0 8z" fill="currentColor" />}
    </svg>
  );
}
