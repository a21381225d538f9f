import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { listen } from '../../server/test/ports.ts';
import { selfSigned } from './tls-proxy.ts';

const HOST = 'shop.test';

export type HostPage = {
  /** What stands in <head>, the widget code among it. */
  head: string;
  body?: string;
  /** Attributes of <html>, such as `dir="rtl"`. */
  root?: string;
  headers?: Record<string, string>;
};

export type HostSite = {
  /** `http://shop.test:PORT` */
  origin: string;
  /** The same server by another name, which nobody registered. */
  unregistered: string;
  /** Puts a page at a path; gives its address. */
  put: (path: string, page: HostPage) => string;
  stop: () => Promise<void>;
};

/** A customer's web site: plain pages from a server that knows nothing of Foyer. */
export async function startHostSite({ secure = false } = {}): Promise<HostSite> {
  const pages = new Map<string, HostPage>();
  const answer: RequestListener = (request, response) => {
    const page = pages.get(new URL(request.url ?? '/', 'http://host').pathname);
    const html = page ?? { head: '', body: 'There is no such page.' };
    response.writeHead(page ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', ...html.headers });
    response.end(
      `<!doctype html><html ${html.root ?? 'lang="en"'}><head><meta charset="utf-8"><title>Shop</title>` +
        `<meta name="viewport" content="width=device-width,initial-scale=1">` +
        `<meta name="color-scheme" content="light dark">${html.head}</head>` +
        `<body>${html.body ?? '<main><h1>Shop</h1><p>Everything for the garden.</p></main>'}</body></html>`,
    );
  };
  const server = secure ? createSecureServer(selfSigned(HOST), answer) : createServer(answer);
  const port = await listen(server);
  const scheme = secure ? 'https' : 'http';
  return {
    origin: `${scheme}://${HOST}:${port}`,
    unregistered: `${scheme}://copycat.test:${port}`,
    put(path, page) {
      pages.set(path, page);
      return `${scheme}://${HOST}:${port}${path}`;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
