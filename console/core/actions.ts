import { useEffect, useRef } from 'react';
import { create } from 'zustand';
import { useUi } from './ui-store.ts';

/** Something a person can do now: the palette lists it, its keys run it. */
export type Action = {
  id: string;
  label: string;
  /** One press, or several after each other: `['KeyG', 'KeyI']`; `Shift+` goes before the code. */
  keys?: readonly string[] | undefined;
  run: () => void;
};

type Entry = Omit<Action, 'run'> & { run: () => void };

export const useActions = create<{ actions: readonly Entry[] }>()(() => ({ actions: [] }));

/** Offers an action while the caller is on the screen; `null` offers nothing. */
export function useAction(action: Action | null): void {
  const run = useRef(action?.run);
  useEffect(() => {
    run.current = action?.run;
  });
  const id = action?.id;
  const label = action?.label;
  const keys = action?.keys?.join(' ');
  useEffect(() => {
    if (id === undefined || label === undefined) return undefined;
    const entry: Entry = { id, label, keys: keys?.split(' '), run: () => run.current?.() };
    useActions.setState(({ actions }) => ({ actions: [...actions, entry] }));
    return () => useActions.setState(({ actions }) => ({ actions: actions.filter((one) => one !== entry) }));
  }, [id, label, keys]);
}

export function runAction(entry: Entry): void {
  useUi.setState(({ recent }) => ({
    recent: [entry.id, ...recent.filter((id) => id !== entry.id)].slice(0, 12),
  }));
  entry.run();
}

const SIGNS: Record<string, string> = {
  BracketLeft: '[',
  BracketRight: ']',
  Slash: '/',
  'Shift+Slash': '?',
  Enter: '↵',
};

/** What stands on the key cap. */
export function keyName(code: string): string {
  return SIGNS[code] ?? code.replace(/^Key/, '');
}

const SEQUENCE_MS = 1000;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('input, textarea, select, [role="textbox"], [role="combobox"]'))
  );
}

const ownsKeys = '[role="dialog"], [role="menu"], [role="listbox"]';

/**
 * Single keys (WCAG 2.1.4): off inside inputs, menus and dialogs, and where the person turned them off. They go by
 * the place of the key, so they work on Cyrillic and Greek layouts.
 */
export function listenForKeys(): () => void {
  let pressed: string[] = [];
  let last = 0;
  const onKeyDown = (event: KeyboardEvent) => {
    if (!useUi.getState().singleKeys || event.ctrlKey || event.metaKey || event.altKey || event.repeat)
      return;
    if (isTyping(event.target) || document.querySelector('[role="dialog"]') !== null) return;
    if (event.target instanceof Element && event.target.closest(ownsKeys) !== null) return;
    if (/^(?:Shift|Control|Alt|Meta)/.test(event.code)) return;
    const code = event.key === '?' ? 'Shift+Slash' : `${event.shiftKey ? 'Shift+' : ''}${event.code}`;
    pressed = event.timeStamp - last < SEQUENCE_MS ? [...pressed, code].slice(-2) : [code];
    last = event.timeStamp;
    const { actions } = useActions.getState();
    const wanted = [pressed.join(' '), code];
    const entry = wanted.map((keys) => actions.findLast((one) => one.keys?.join(' ') === keys)).find(Boolean);
    if (entry === undefined) return;
    event.preventDefault();
    pressed = [];
    runAction(entry);
  };
  addEventListener('keydown', onKeyDown);
  return () => removeEventListener('keydown', onKeyDown);
}
