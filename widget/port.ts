import type { ChatboxSettings, WidgetState } from '#protocol/chatboxes.ts';

/** Where the visitor stands on the host page, as the host page says it; the bridge checks it. */
export type SeenPage = { url: string; title: string };

/** First message to the frame; the port that everything else goes through is transferred with it. */
export type PortOffer = { foyer: 'port'; page: SeenPage; language: string; referrer: string };

/**
 * Host page -> frame. `identify`, `attributes` and `language` are what somebody wrote into the host page, unchecked;
 * so are types that are not listed here. The frame trusts none of it further than what the host page may do anyway.
 */
export type ToFrame =
  | { type: 'page'; value: SeenPage }
  /** The pointer is over the launcher: what opening needs may be fetched. */
  | { type: 'prepare' }
  /** `value`: a person asked for it, so the focus may move into the panel. */
  | { type: 'open' | 'close'; value: boolean }
  | { type: 'identify' | 'attributes' | 'language'; value: unknown };

/** What launcher and frame look like (VI-02). */
export type Look = Pick<ChatboxSettings, 'colour' | 'side' | 'offsetX' | 'offsetY'>;

export type Shown = Look & {
  type: 'state';
  state: WidgetState;
  /** Colour of the launcher's picture, black or white. */
  ink: string;
  /** Outline of the launcher's picture (SVG path data in 24 x 24). */
  picture: string;
  /** What the launcher does, in the visitor's language. */
  label: string;
  /** `peek`: the closed panel shows an operator's invitation. */
  peek: 'peek' | '';
  /** Number of unread messages, or nothing. */
  badge: string;
  /** Name of the panel. */
  title: string;
};

/** Frame -> host page. Nothing here is secret: any script of the host page can read it. */
export type ToPage =
  | Shown
  | { type: 'open' }
  | { type: 'close' }
  /** For the listeners of `Foyer('on')`. */
  | { type: 'unread'; detail: number }
  | { type: 'message'; detail: { from: 'visitor' | 'operator' } }
  | { type: 'start'; detail?: undefined };
