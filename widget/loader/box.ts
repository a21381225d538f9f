import type { LoaderBox } from '#protocol/chatboxes.ts';
import type { PortOffer, Shown, ToFrame, ToPage } from '../port.ts';
import { seenPage, watchPage } from './page.ts';
import { createView, type View } from './view.ts';

/** `Foyer(command, ...args)` of one box; never throws into the host page. */
export type Run = (...call: unknown[]) => void;

type Listener = (detail?: unknown) => void;

/** The box on the host page: asks for its frame when the page is idle, and draws what the frame says. */
export function createBox(box: LoaderBox): Run {
  let listeners: [name: unknown, listener: Listener][] = [];
  // What the host page has said; a frame that is loaded (again) has to know.
  const told = new Map<string, ToFrame>();
  let view: View | undefined;
  let port: MessagePort | undefined;
  let shown: Shown | undefined;
  let opened = false;
  // `Foyer('open')` before the frame has said that there is something to open.
  let wanted = false;

  const say = (message: ToFrame) => {
    try {
      port?.postMessage(message);
    } catch (error) {
      // Something that cannot leave the host page, such as a function.
      console.warn(error);
    }
  };
  const tell = (message: ToFrame) => {
    say(message);
    // Who was logged out once must not be logged out again by a frame that is loaded again.
    if (port && (message as { value?: unknown }).value === null) told.delete(message.type);
  };
  // Later, so that a listener that throws stops nothing here.
  const emit = (event: string, detail?: unknown) => {
    for (const [name, listener] of listeners) if (name === event) setTimeout(listener, 0, detail);
  };
  const draw = () => shown && view?.draw(shown, opened);

  function toggle(open: boolean, focus = true): void {
    wanted = open && !shown;
    if (wanted) start();
    if (opened === open || !shown || (open && shown.state === 'hidden')) return;
    const type = open ? 'open' : 'close';
    opened = open;
    draw();
    if (open && focus) view?.frame.focus();
    say({ type, value: focus });
    emit(type);
  }

  function receive({ data }: MessageEvent<ToPage>): void {
    const { type } = data;
    if (type === 'state') {
      const before = shown;
      shown = data;
      draw();
      if (!before) emit('ready');
      if (before?.state !== data.state) emit(type, data.state);
      if (wanted) toggle(true);
    } else if (type === 'open' || type === 'close') toggle(type === 'open', false);
    else emit(type, data.detail);
  }

  /** Every document of the frame gets its own port; a document of another origin never receives it. */
  function offerPort(target: Window): void {
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = receive;
    const language = document.documentElement.lang;
    const { referrer } = document;
    const offer: PortOffer = { foyer: 'port', page: seenPage(), language, referrer };
    target.postMessage(offer, box.origin, [channel.port2]);
    told.forEach(tell);
    if (opened) say({ type: 'open', value: false });
  }

  function start(): void {
    view ??= createView(
      box,
      offerPort,
      () => toggle(!opened),
      () => say({ type: 'prepare' }),
    );
  }

  watchPage((value) => say({ type: 'page', value }));
  // Safari has no requestIdleCallback; to setTimeout the options are 0.
  const soon = (window.requestIdleCallback ?? setTimeout) as typeof requestIdleCallback;
  const whenIdle = () => soon(start, { timeout: 1500 });
  if (document.readyState === 'complete') whenIdle();
  else addEventListener('load', whenIdle);

  return (command, first, second) => {
    if (command === 'open' || command === 'close') toggle(command === 'open');
    else if (command === 'on' && typeof second === 'function') {
      listeners.push([first, second as Listener]);
      if (first === 'ready' && shown) emit('ready');
    } else if (command === 'off') {
      listeners = listeners.filter((pair) => pair[0] !== first || pair[1] !== second);
    } else {
      // The frame knows the other commands, and says what is wrong with them.
      const message = { type: String(command), value: first } as ToFrame;
      told.set(message.type, message);
      tell(message);
    }
  };
}
