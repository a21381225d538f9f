import type { LoaderBox } from '#protocol/chatboxes.ts';
import { createBox, type Run } from './box.ts';

/** The server puts the box's JSON in the place of this name. */
declare const __FOYER_BOX__: LoaderBox;

type Foyer = Run & { q?: Iterable<unknown>[]; boxes?: Map<string, Run> };

const host = window as unknown as { Foyer?: Foyer };
const box = __FOYER_BOX__;
const before = host.Foyer;
const boxes = before?.boxes ?? new Map<string, Run>();
// Kept, not emptied: a second box that comes later gets the same calls.
const calls = before?.q ?? [];

// The same snippet pasted twice, or added again by a single-page application: one box is enough.
if (!boxes.has(box.key)) {
  const run = createBox(box);
  boxes.set(box.key, run);
  const all: Run = (...call) => boxes.forEach((each) => each(...call));
  host.Foyer = Object.assign(all, { q: calls, boxes });
  for (const call of calls) run(...call);
}
