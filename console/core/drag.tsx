import { Accessibility, type DragDropManagerInput, type Droppable, Feedback } from '@dnd-kit/dom';
import { DragDropProvider, KeyboardSensor, PointerSensor, useDraggable, useDroppable } from '@dnd-kit/react';
import { type ReactNode, useRef } from 'react';

/** Arrow keys take what is held from one place to the next, instead of some pixels further. */
class KeysBetweenPlaces extends KeyboardSensor {
  protected override handleMove(direction: 'up' | 'down' | 'left' | 'right', event: KeyboardEvent): void {
    event.preventDefault();
    const { dragOperation, registry, actions } = this.manager;
    const { source, target } = dragOperation;
    const places = [...registry.droppables].filter((place) => place.element).toSorted(inDocument);
    // Just lifted, it is still where it comes from.
    const now = places.findIndex(({ id, element }) =>
      target ? id === target.id : source?.element && element?.contains(source.element),
    );
    const step = direction === 'up' || direction === 'left' ? -1 : 1;
    const next = places[Math.min(Math.max(now + step, 0), places.length - 1)];
    const box = next?.element?.getBoundingClientRect();
    if (box) actions.move({ event, to: { x: box.x + box.width / 2, y: box.y + box.height / 2 } });
  }
}

// Made once: new ones would end a drag that is under way.
const plugins: NonNullable<DragDropManagerInput['plugins']> = (all) => [
  ...all.filter((one) => one !== Accessibility && one !== Feedback),
  Feedback.configure({ feedback: 'clone', dropAnimation: null }),
];
const sensors = [
  PointerSensor.configure({ activatorElements: ({ element }) => [element] }),
  KeysBetweenPlaces,
];

const inDocument = (a: Droppable, b: Droppable): number =>
  a.element && b.element && a.element.compareDocumentPosition(b.element) & Node.DOCUMENT_POSITION_FOLLOWING
    ? -1
    : 1;

/** What happened to what is held; `place` null: it is over none. */
export type Held = { event: 'lifted' | 'over' | 'dropped' | 'cancelled'; item: string; place: string | null };

/**
 * Where things can be dragged, by mouse, finger or keys (space, arrows, space). The only file that knows the library;
 * what a screen reader hears is the caller's, because buttons with the same result say the same.
 */
export function DragArea({ onHeld, children }: { onHeld: (held: Held) => void; children: ReactNode }) {
  const left = useRef(false);
  return (
    <DragDropProvider
      plugins={plugins}
      sensors={sensors}
      onDragStart={({ operation: { source } }) => {
        left.current = false;
        if (source) onHeld({ event: 'lifted', item: String(source.id), place: null });
      }}
      onDragOver={({ operation: { source, target } }) => {
        // The first place is the one that it was lifted from.
        const news = left.current;
        left.current = true;
        if (source && news)
          onHeld({ event: 'over', item: String(source.id), place: target ? String(target.id) : null });
      }}
      onDragEnd={({ operation: { source, target }, canceled }) => {
        if (!source) return;
        const place = target ? String(target.id) : null;
        onHeld({
          event: canceled || place === null ? 'cancelled' : 'dropped',
          item: String(source.id),
          place,
        });
      }}
    >
      {children}
    </DragDropProvider>
  );
}

/** `ref` on what moves, `handleRef` on the button inside it that the keys take hold of. */
export function useDrag(id: string) {
  const { ref, handleRef, isDragging } = useDraggable({ id });
  return { ref, handleRef, isDragging };
}

export function useDrop(id: string) {
  const { ref, isDropTarget } = useDroppable({ id });
  return { ref, isDropTarget };
}
