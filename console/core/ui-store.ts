import { create } from 'zustand';
import { persist } from 'zustand/middleware';

type Ui = {
  /** Membership that this browser works in. */
  operatorId: string | null;
  listWidth: number;
  listOpen: boolean;
  panelWidth: number;
  panelOpen: boolean;
  /** Height of the composer's text area in CSS pixels (OC-07). */
  composerHeight: number;
  density: 'comfortable' | 'compact';
  sound: boolean;
  singleKeys: boolean;
  /** Enter sends and Shift+Enter makes a new line; else Ctrl+Enter sends. */
  enterSends: boolean;
  /** Ids of the palette's actions, newest first. */
  recent: readonly string[];
};

/** What this browser remembers about the screen; nothing in it belongs to the server. */
export const useUi = create<Ui>()(
  persist(
    (): Ui => ({
      operatorId: null,
      listWidth: 340,
      listOpen: true,
      panelWidth: 300,
      panelOpen: true,
      composerHeight: 44,
      density: 'comfortable',
      sound: true,
      singleKeys: true,
      enterSends: true,
      recent: [],
    }),
    { name: 'foyer.ui', version: 1 },
  ),
);
