import { render } from 'preact';
import type { Bridge } from '../bridge/bridge.ts';
import { cell, type Cell } from '../bridge/cell.ts';
import { App } from './app.tsx';
import { paintBrand } from './brand.ts';
import './chat.css';
import { direction } from './direction.ts';
import { focusFirst } from './focus.ts';
import { FrameContext } from './frame.ts';
import { loadTexts, translator } from './i18n.ts';
import type { Live } from './live.ts';

const DRAFT = 'draft';

let drawn: Promise<void> | undefined;

function storedDraft({ store }: Bridge): Cell<string> {
  const draft = cell(store.get(DRAFT) ?? '');
  draft.watch(() => (draft.get() ? store.set(DRAFT, draft.get()) : store.remove(DRAFT)));
  return draft;
}

async function draw(bridge: Bridge, live: Live): Promise<void> {
  const { language, tell } = bridge;
  const root = document.documentElement;
  const draft = storedDraft(bridge);
  paintBrand(bridge);

  async function speak(): Promise<void> {
    const chosen = language.get();
    const texts = await loadTexts(chosen);
    if (chosen !== language.get()) return;
    root.lang = chosen;
    root.dir = direction(chosen);
    // The visitor's own region, for dates, if it speaks this language.
    const locale = navigator.languages.find((tag) => tag.split('-')[0] === chosen) ?? chosen;
    render(
      <FrameContext.Provider value={{ bridge, live, draft, locale, t: translator(chosen, texts) }}>
        <App />
      </FrameContext.Provider>,
      document.body,
    );
  }
  language.watch(() => void speak());
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.isComposing) tell({ type: 'close' });
  });
  await speak();
}

/** Draws the chat into the frame, once; `focus` when a person has opened it. */
export async function showChat(bridge: Bridge, live: Live, focus: boolean): Promise<void> {
  drawn ??= draw(bridge, live);
  await drawn;
  // Who replies to an invitation is in the frame already.
  if (focus || document.hasFocus()) focusFirst();
}
