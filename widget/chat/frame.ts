import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Bridge } from '../bridge/bridge.ts';
import type { Cell } from '../bridge/cell.ts';
import type { Translate } from './i18n.ts';
import type { Live } from './live.ts';

/** What every part of the screen may use. */
export type Frame = {
  bridge: Bridge;
  live: Live;
  /** What the visitor is writing; survives a reload and a change of screen. */
  draft: Cell<string>;
  t: Translate;
  locale: string;
};

export const FrameContext = createContext<Frame | undefined>(undefined);

export function useFrame(): Frame {
  const frame = useContext(FrameContext);
  if (!frame) throw new Error('useFrame outside of FrameContext');
  return frame;
}
