import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import styles from './separator.module.css';

type Props = {
  label: string;
  /** `vertical` is a line between two columns, as in ARIA. */
  orientation: 'vertical' | 'horizontal';
  /** Size in CSS pixels of the pane it resizes. */
  value: number;
  min: number;
  max: number;
  /** The pane lies after the line (inline end, or below). */
  paneAfter: boolean;
  onChange: (value: number) => void;
  className?: string | undefined;
};

const STEP = 16;

/** A line that resizes a pane by pointer and by arrow keys, Home and End. */
export function Separator({ label, orientation, value, min, max, paneAfter, onChange, className }: Props) {
  const start = useRef<{ at: number; value: number } | null>(null);
  const clamp = (wanted: number) => Math.round(Math.min(max, Math.max(min, wanted)));
  const sign = (element: HTMLElement) => {
    const mirrored = orientation === 'vertical' && getComputedStyle(element).direction === 'rtl';
    return (paneAfter ? -1 : 1) * (mirrored ? -1 : 1);
  };
  const at = (event: PointerEvent) => (orientation === 'vertical' ? event.clientX : event.clientY);

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const [less, more] = orientation === 'vertical' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    const step = event.key === more ? STEP : event.key === less ? -STEP : 0;
    if (step !== 0) onChange(clamp(value + step * sign(event.currentTarget)));
    else if (event.key === 'Home') onChange(min);
    else if (event.key === 'End') onChange(clamp(max));
    else return;
    event.preventDefault();
  }

  return (
    // A focusable separator is a widget by ARIA 1.2.
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={clamp(value)}
      aria-valuemin={min}
      aria-valuemax={Math.round(max)}
      className={`${styles.separator} ${className ?? ''}`}
      data-orientation={orientation}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { at: at(event), value: clamp(value) };
      }}
      onPointerMove={(event) => {
        if (start.current === null) return;
        onChange(clamp(start.current.value + (at(event) - start.current.at) * sign(event.currentTarget)));
      }}
      onLostPointerCapture={() => {
        start.current = null;
      }}
    />
  );
}
