import type { BrowserContext, Page } from '@playwright/test';

type Traps = { __pwned: (what?: string) => void };

/**
 * Hears everything that no page of ours does: a script of somebody else that runs, a breach of the page's own policy,
 * a question to another host, a dialog, a window. `own`: origins that may be asked. Gives what was heard so far.
 */
export async function setTrap(context: BrowserContext, own: readonly string[]): Promise<() => string[]> {
  const heard: string[] = [];
  await context.exposeBinding('__pwned', ({ frame }, what = 'a script') => {
    heard.push(`${what} ran in ${frame.url()}`);
  });
  await context.exposeBinding('__breach', ({ frame }, what: string) => {
    heard.push(`${what} in ${frame.url()}`);
  });
  await context.addInitScript(() => {
    const page = globalThis as unknown as Traps & { __breach: (what: string) => void };
    for (const name of ['alert', 'confirm', 'prompt', 'print'] as const)
      Object.assign(globalThis, { [name]: () => page.__pwned(name) });
    document.addEventListener('securitypolicyviolation', (event) =>
      page.__breach(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    );
  });
  context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (/^https?:$/.test(protocol) && !own.includes(origin)) heard.push(`a request to ${request.url()}`);
  });
  const watch = (page: Page) => {
    page.on('dialog', (dialog) => {
      heard.push(`a dialog of ${page.url()}: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('popup', (popup) => heard.push(`a window of ${page.url()}: ${popup.url()}`));
    page.on('download', (file) => heard.push(`a file of ${page.url()}: ${file.url()}`));
  };
  context.on('page', watch);
  context.pages().forEach(watch);
  return () => [...heard];
}
