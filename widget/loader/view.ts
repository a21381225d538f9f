import type { LoaderBox } from '#protocol/chatboxes.ts';
import type { Shown } from '../port.ts';
import { styles } from './styles.ts';

const SVG = 'http://www.w3.org/2000/svg';

// A page that takes our element out again and again has its reasons.
const MOST_RETURNS = 20;

export type View = {
  draw: (shown: Shown, opened: boolean) => void;
  frame: HTMLIFrameElement;
};

/** Returns what sets the style of the shadow root. */
function styled(root: ShadowRoot): (css: string) => void {
  try {
    const sheet = new CSSStyleSheet();
    root.adoptedStyleSheets = [sheet];
    return (css) => sheet.replaceSync(css);
  } catch {
    const style = document.createElement('style');
    root.append(style);
    return (css) => {
      style.textContent = css;
    };
  }
}

/** Hangs on <html>, where a replaced <body> does not reach it; comes back when it is taken out. */
function hang(host: Element): void {
  let returns = 0;
  const put = () => {
    if (host.isConnected || returns++ > MOST_RETURNS) return;
    const root = document.documentElement;
    root.append(host);
    for (const parent of [document, root]) observer.observe(parent, { childList: true });
  };
  const observer = new MutationObserver(put);
  put();
}

/**
 * Launcher and frame in a shadow root. The frame starts to load at once, and is seen only when opened. `loaded` is
 * called with each document of the frame, `pressed` and `approached` for the launcher.
 */
export function createView(
  box: LoaderBox,
  loaded: (frame: Window) => void,
  pressed: () => void,
  approached: () => void,
): View {
  const host = document.createElement('foyer-chat');
  const root = host.attachShadow({ mode: 'open' });
  const frame = document.createElement('iframe');
  const launcher = document.createElement('button');
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  const number = document.createElement('i');
  const viewport = visualViewport;
  const dress = styled(root);
  let worn = '';

  // Until it is opened; the class that opens it wins.
  frame.hidden = true;
  frame.setAttribute(
    'sandbox',
    'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox',
  );
  frame.allow = 'autoplay';
  frame.src = `${box.origin}/frame/${box.key}`;
  frame.onload = () => frame.contentWindow && loaded(frame.contentWindow);
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.append(path);
  launcher.hidden = true;
  launcher.append(svg, number);
  launcher.onclick = pressed;
  launcher.onpointerenter = approached;
  root.append(frame, launcher);
  hang(host);

  // A keyboard on a phone covers part of the page without making it smaller. Zooming is something else.
  const fit = () => {
    if (viewport?.scale === 1) frame.style.cssText = `--t:${viewport.offsetTop}px;--h:${viewport.height}px`;
  };
  for (const event of ['resize', 'scroll']) viewport?.addEventListener(event, fit);

  return {
    frame,
    draw(shown, opened) {
      const { state, ink, picture, label, badge, title, peek } = shown;
      const css = styles(shown);
      // Set again, it would begin its animations again.
      if (css !== worn) dress((worn = css));
      const leaving = !opened && frame.className && document.activeElement === host;
      frame.className = opened ? 'open' : peek;
      frame.title = title;
      launcher.hidden = state === 'hidden' && !opened;
      launcher.style.color = ink;
      launcher.setAttribute('aria-expanded', String(opened));
      launcher.setAttribute('aria-label', label);
      path.setAttribute('d', picture);
      number.textContent = badge;
      if (leaving) launcher.focus();
    },
  };
}
