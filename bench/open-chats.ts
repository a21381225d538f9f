import { randomUUID } from 'node:crypto';
import { chromium, type Page } from '@playwright/test';
import { createAccount } from '../e2e/harness/account.ts';
import { startFoyer, type Foyer } from '../e2e/harness/foyer.ts';
import { startChat } from '../server/test/speakers.ts';
import { TEXT } from './relay-target.ts';
import { quantile, wait } from './measures.ts';

const CHATS = Number(process.argv[2] ?? 200);
const SECONDS = 15;
const STEPS = 60;

/**
 * `node bench/open-chats.ts 200` (OC-10; after `npm run build`): a console in Chromium that has so many chats open, each
 * of which hears a message every two seconds, while its operator walks from chat to chat by key and opens them. Prints
 * how long each interaction took until it was painted (Event Timing), and how long the page was blocked, beside the same
 * walk through five quiet chats.
 */
const foyer = await startFoyer();
const account = await createAccount(foyer);
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium-headless-shell',
  args: ['--no-sandbox', '--host-resolver-rules=MAP *.test 127.0.0.1'],
});
try {
  console.log(`reference: ${print(await measure(await openChats(5), false))}`);
  console.log(print(await measure(await openChats(CHATS - 5), true)));
} finally {
  await browser.close();
  await foyer.stop();
}

type Frames = { frames: { type: string; conversationId?: string }[] };
type Visitor = { token: string; conversationId: string };

async function openChats(count: number): Promise<Visitor[]> {
  const made: Visitor[] = [];
  for (let index = 0; index < count; index += 1) {
    const visit = await chat<{ access: string }>(foyer, index, '/v1/visitor/session', { key: account.key });
    const first = { ref: randomUUID(), ...startChat(TEXT) };
    const { frames } = await say(foyer, index, visit.access, first);
    const { conversationId = '' } = frames[0] ?? {};
    made.push({ token: visit.access, conversationId });
  }
  for (let first = 0; first < made.length; first += 20) await accept(made.slice(first, first + 20));
  return made;
}

async function accept(visitors: Visitor[]): Promise<void> {
  const frames = visitors.map(({ conversationId }) => ({
    type: 'conversation.accept',
    ref: randomUUID(),
    conversationId,
  }));
  const { operatorId } = account;
  const answer = await account.call<Frames>('POST', '/v1/realtime/send', { operatorId, frames });
  const refused = answer.frames.find(({ type }) => type === 'error');
  if (refused) throw new Error(`a chat was not accepted: ${JSON.stringify(refused)}`);
}

async function chat<Answer>(
  { chat: origin }: Foyer,
  index: number,
  path: string,
  body: object,
): Promise<Answer> {
  const { port } = new URL(origin);
  const headers = {
    'content-type': 'application/json',
    origin,
    'x-forwarded-for': `10.1.${index >> 8}.${index & 255}`,
  };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

function say(to: Foyer, index: number, token: string, frame: object): Promise<Frames> {
  return chat<Frames>(to, index, '/v1/realtime/send', { token, frames: [frame] });
}

/** What the page itself has seen. */
type Seen = { interactions: number[]; blocked: number };
type Figures = Seen & { rows: number; perSecond: number; seconds: number };

async function measure(visitors: Visitor[], busy: boolean): Promise<Figures> {
  const context = await browser.newContext({
    storageState: account.signedIn,
    viewport: { width: 1440, height: 900 },
  });
  const page = await context.newPage();
  await page.goto(`${foyer.console}/?list=mine`);
  const rows = page.getByRole('region', { name: 'Chats' }).getByRole('listitem');
  await rows.first().waitFor();
  await observe(page);
  let talking = busy;
  let stored = 0;
  const begun = performance.now();
  const talk = visitors.map(async ({ token, conversationId }, index) => {
    await wait((index / visitors.length) * 2000);
    while (talking) {
      const frame = { type: 'message.post', ref: randomUUID(), conversationId, text: TEXT };
      const { frames } = await say(foyer, index, token, frame);
      stored += frames.filter(({ type }) => type === 'done').length;
      await wait(2000);
    }
  });
  for (let step = 0; step < STEPS; step += 1) {
    await page.keyboard.press(step % 40 < 20 ? 'j' : 'k');
    if (step % 4 === 3) await page.keyboard.press('Enter');
    await wait((SECONDS * 1000) / STEPS);
  }
  const seconds = (performance.now() - begun) / 1000;
  const perSecond = stored / seconds;
  const seen = (await page.evaluate('globalThis.figures')) as Seen;
  const figures = { ...seen, rows: await rows.count(), perSecond, seconds };
  talking = false;
  await Promise.all(talk);
  await context.close();
  return figures;
}

/** Interactions of 16 ms and more (shorter ones are not told), and the time that long tasks blocked the page. */
async function observe(page: Page): Promise<void> {
  await page.evaluate(`
    globalThis.figures = { interactions: [], blocked: 0 };
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) if (name === 'keydown') figures.interactions.push(duration);
    }).observe({ type: 'event', durationThreshold: 16, buffered: false });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) figures.blocked += duration - 50;
    }).observe({ type: 'longtask', buffered: false });`);
}

function print({ rows, perSecond, interactions, blocked, seconds }: Figures): string {
  const [median, late] = [quantile(interactions, 0.5), quantile(interactions, 0.98)];
  return [
    `${rows} chats, ${perSecond.toFixed(0)} messages/s`,
    `interaction p50 ${median.toFixed(0)} ms, p98 ${late.toFixed(0)} ms`,
    `blocked ${blocked.toFixed(0)} ms in ${seconds.toFixed(0)} s`,
  ].join('; ');
}
