import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { widgetParams, type FrameBox, type LoaderBox } from '#protocol/chatboxes.ts';
import { Reply, route, type Route } from '../../core/http/route.ts';
import type { Config } from '../../config.ts';
import type { Context } from '../../context.ts';
import { frameAncestors, type PublishedBoxes } from './published-box.ts';

const dist = new URL('../../../dist/widget/', import.meta.url);
const manifestSchema = z.record(
  z.string(),
  z.object({ file: z.string(), css: z.optional(z.array(z.string())) }),
);

const html = 'text/html; charset=utf-8';
const everywhere: [string, string][] = [
  ['access-control-allow-origin', '*'],
  ['cross-origin-resource-policy', 'cross-origin'],
];

/** The built widget, read once. Throws when the front-ends were not built. */
async function readBuild() {
  const loader = await readFile(new URL('loader.js', dist), 'utf8');
  const manifest = manifestSchema.parse(JSON.parse(await readFile(new URL('manifest.json', dist), 'utf8')));
  const bridge = manifest['bridge/main.ts'] ?? manifest['widget/bridge/main.ts'];
  if (!bridge) throw new Error('dist/widget/manifest.json names no bridge');
  return { loader, bridge };
}

/** What a customer's page loads from the chat origin: loader, frame, and the blank page for trying (VI-14). */
export async function widgetPages(context: Context, boxes: PublishedBoxes): Promise<Route[]> {
  const { loader, bridge } = await readBuild();
  const { url } = context.config.chat;
  return [
    route({
      on: 'chat',
      method: 'GET',
      path: '/w/:file',
      who: 'public',
      perMinute: 6000,
      params: z.strictObject({ file: z.string().check(z.regex(/^[A-Za-z0-9]{22}\.js$/)) }),
      handle: async ({ params: { file } }) => {
        const key = file.slice(0, -3);
        await boxes.of(key);
        const box: LoaderBox = { key, origin: url };
        return new Reply(
          200,
          loader.replaceAll('__FOYER_BOX__', () => inScript(box)),
          [
            ...everywhere,
            ['content-type', 'text/javascript; charset=utf-8'],
            ['cache-control', 'public, max-age=300, stale-while-revalidate=86400'],
          ],
        );
      },
    }),
    route({
      on: 'chat',
      method: 'GET',
      path: '/frame/:key',
      who: 'public',
      perMinute: 6000,
      params: widgetParams,
      handle: async ({ params: { key }, request }) => {
        const { language, hosts, asks } = await boxes.of(key);
        const box: FrameBox = {
          key,
          asks,
          ...(await boxes.state(key, { host: pageHost(request.headers) })),
          ...(asks && { state: 'hidden' }),
        };
        const styles = (bridge.css ?? []).map((file) => `<link rel="stylesheet" href="/${file}">`).join('');
        const page = `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>Chat</title>
<meta name="viewport" content="width=device-width,initial-scale=1,interactive-widget=resizes-content">${styles}
<script type="application/json" id="box">${inScript(box)}</script><script type="module" src="/${bridge.file}"></script>
</head><body></body></html>`;
        return new Reply(200, page, [
          ['content-type', html],
          ['content-security-policy', framePolicy(context.config, hosts)],
          ['cross-origin-embedder-policy', 'require-corp'],
          ['cross-origin-resource-policy', 'cross-origin'],
          ['referrer-policy', 'no-referrer'],
        ]);
      },
    }),
    route({
      on: 'chat',
      method: 'GET',
      path: '/test/:key',
      who: 'public',
      params: widgetParams,
      handle: async ({ params: { key } }) => {
        const { language } = await boxes.of(key);
        const policy = `default-src 'none'; script-src 'self'; frame-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ${context.config.console.url} 'self'`;
        const page = `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>Test chat</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">
<script async src="/w/${key}.js"></script></head><body></body></html>`;
        return new Reply(200, page, [
          ['content-type', html],
          ['content-security-policy', policy],
        ]);
      },
    }),
  ];
}

/** The host of the page that holds the frame, where that page lets its address be known. */
function pageHost(headers: Headers): string | undefined {
  const page = headers.get('referer');
  return page && URL.canParse(page) ? new URL(page).hostname : undefined;
}

function framePolicy({ chat, console }: Config, hosts: string[]): string {
  const socket = chat.url.replace(/^http/, 'ws');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self' ${socket}`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    // The console shows the test page, and every page above a frame counts.
    `frame-ancestors 'self' ${console.url} ${frameAncestors(hosts)}`,
    "require-trusted-types-for 'script'",
  ].join('; ');
}

/** JSON that is safe inside a script element and a script. */
const inScript = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
