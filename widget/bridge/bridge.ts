import type { FrameBox, WidgetStateAnswer } from '#protocol/chatboxes.ts';
import type { Page } from '#protocol/entries.ts';
import type { ToPage } from '../port.ts';
import type { Cell } from './cell.ts';
import type { Language } from './labels.ts';
import type { Session } from './session.ts';
import type { Store } from './store.ts';

/** What the idle frame hands to the chat. */
export type Bridge = {
  box: FrameBox;
  store: Store;
  session: Session;
  tell: (message: ToPage) => void;
  /** Access token of a visit whose identity and attributes the server has been told. */
  credential: (renew: boolean) => Promise<string>;
  /** What the account offers here, and all that it has set: the newest answer of the server. */
  service: Cell<WidgetStateAnswer>;
  /** Something has changed at the server: ask for that answer now. */
  look: () => void;
  language: Cell<Language>;
  page: Cell<Page | null>;
  /** Where the host page was come to from. */
  referrer: string;
  /** `peek`: the closed panel shows an operator's invitation (VI-10). */
  peek: Cell<'peek' | ''>;
  opened: Cell<boolean>;
  /** Whether the visitor has a conversation that is not closed: then the launcher stays. */
  talking: Cell<boolean>;
  /** Operators' messages that the visitor has not seen. */
  unread: Cell<number>;
};
