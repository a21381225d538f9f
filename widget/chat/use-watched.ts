import { useEffect, useReducer } from 'preact/hooks';
import type { Cell } from '../bridge/cell.ts';

/** Draws again after every change that `watch` reports. */
export function useWatched(watch: (listener: () => void) => () => void): void {
  const [, redraw] = useReducer((count: number, _: void) => count + 1, 0);
  useEffect(() => {
    // What changed between drawing and watching.
    redraw();
    return watch(() => redraw());
  }, [watch]);
}

export function useCell<Value>(one: Cell<Value>): Value {
  useWatched(one.watch);
  return one.get();
}
