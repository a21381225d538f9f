/** What happens to the page around the client. `hide` is a page put into the back-forward cache. */
export type PageEvent = 'online' | 'offline' | 'visible' | 'hide' | 'show';

export type Socket = Pick<WebSocket, 'send' | 'close' | 'onopen' | 'onmessage' | 'onclose'>;

/** Everything that the client takes from its surroundings; tests give their own. */
export type Environment = {
  /** Wall clock, ms since the epoch; for display and to notice that the machine slept, never for order. */
  now: () => number;
  /** 0 <= number < 1 */
  random: () => number;
  setTimeout: (run: () => void, ms: number) => unknown;
  clearTimeout: (timer: unknown) => void;
  WebSocket: new (url: string, protocol: string) => Socket;
  fetch: typeof fetch;
  /** Calls `heard` for each event of the page; returns the function that ends it. */
  listen: (heard: (event: PageEvent) => void) => () => void;
};

function listen(heard: (event: PageEvent) => void): () => void {
  // Node has neither window nor document.
  if (typeof document === 'undefined') return () => {};
  const ending = new AbortController();
  const on = (target: EventTarget, type: string, event: PageEvent, when: (event: Event) => boolean) => {
    target.addEventListener(
      type,
      (happened) => {
        if (when(happened)) heard(event);
      },
      { signal: ending.signal },
    );
  };
  const always = () => true;
  on(window, 'online', 'online', always);
  on(window, 'offline', 'offline', always);
  on(window, 'pageshow', 'show', always);
  on(window, 'pagehide', 'hide', (event) => (event as PageTransitionEvent).persisted);
  on(document, 'visibilitychange', 'visible', () => document.visibilityState === 'visible');
  return () => ending.abort();
}

export function browserEnvironment(): Environment {
  return {
    now: () => Date.now(),
    random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer as Parameters<typeof clearTimeout>[0]),
    WebSocket,
    fetch: (...request) => fetch(...request),
    listen,
  };
}
