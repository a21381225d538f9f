import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type * as z from 'zod/mini';
import type { Page } from '#protocol/entries.ts';
import { polyglots } from '../../server/test/polyglots.ts';
import { type Field, fieldsOf, filled } from './fields.ts';
import type { Foyer } from './foyer.ts';
import { bodies, commands, type Place, places } from './places.ts';

type Form = { schema: z.ZodMiniType; fields: Field[] };

function form(name: string): Form {
  const schema = commands[name] ?? bodies[name];
  if (!schema) throw new Error(`nobody can say ${name}`);
  return { schema, fields: fieldsOf(name, schema, polyglots) };
}

const start = form('conversation.start');
const later = ['message.post', 'page.visit', 'details.update'].map(form);
const attributes = form('POST /v1/visitor/attributes');
const message = form('POST /v1/visitor/offline-messages');

/** What an HTTP header can carry of a text: its bytes, without the ends of lines. Servers read it as Latin-1. */
function headerOf(payload: string): string {
  const bytes = Buffer.from(payload, 'utf8').toString('latin1');
  return bytes
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, '')
    .slice(0, 400)
    .trim();
}

/** The claims of a signed identity that carries the payload. */
const claimsOf = (payload: string) => ({
  sub: payload.slice(0, 200),
  name: payload.replace(/[\r\n]+/g, ' ').slice(0, 120),
});

const textsOf = (forms: Form[], payload: string, place: Place): string[] =>
  forms
    .flatMap(({ fields }) => fields)
    .filter(({ name }) => places[name] === place)
    .flatMap(({ take }) => take(payload) ?? []);

/** A conversation, and what is to be read on the screen when it is open (or, without id, in the list of all). */
export type Shown = { id: string | null; texts: string[] };

/**
 * A person who fills in everything that a visitor can fill in, each with the payload, headers and signed identity too; the page
 * that it comes from with `previous`. `number` makes its address.
 */
export async function beHostile(
  { chat }: Pick<Foyer, 'chat'>,
  { key, secret }: { key: string; secret: string },
  payload: string,
  previous: string,
  number: number,
): Promise<Shown[]> {
  const header = headerOf(payload);
  const direct = `http://127.0.0.1:${new URL(chat).port}`;
  let token = '';

  async function post<Answer>(path: string, body: object): Promise<Answer> {
    const answer = await fetch(`${direct}${path}`, {
      method: 'POST',
      headers: {
        origin: chat,
        'content-type': 'application/json',
        'user-agent': header,
        'accept-language': header,
        referer: header,
        'x-forwarded-for': `${header}, 10.9.${number >> 8}.${number & 255}`,
        ...(token !== '' && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} with ${payload}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  async function say(frame: object): Promise<string> {
    const frames = [{ ...frame, ref: randomUUID() }];
    const answer = await post<{ frames: { type: string; conversationId: string }[] }>('/v1/realtime/send', {
      token,
      frames,
    });
    const [done] = answer.frames;
    if (done?.type !== 'done') throw new Error(`${payload}: ${JSON.stringify(answer)}`);
    return done.conversationId;
  }

  async function arrive(): Promise<void> {
    token = '';
    ({ access: token } = await post<{ access: string }>('/v1/visitor/session', { key }));
  }

  async function leave(change: object): Promise<string> {
    const body = { ...filled(message.schema, message.fields, payload), ...change, ref: randomUUID() };
    return (await post<{ conversationId: string }>('/v1/visitor/offline-messages', body)).conversationId;
  }

  await arrive();
  await post('/v1/visitor/attributes', filled(attributes.schema, attributes.fields, payload));
  // On another page than it will go to, or it would not be news.
  const first = filled(start.schema, start.fields, previous) as { page: Page };
  const id = await say({ ...filled(start.schema, start.fields, payload), page: first.page });
  for (const { schema, fields } of later)
    await say({ ...filled(schema, fields, payload), conversationId: id });
  await leave({});

  await arrive();
  const claims = claimsOf(payload);
  const identity = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(secret));
  ({ access: token } = await post<{ access: string }>('/v1/visitor/identify', { identity }));
  const vouched = await leave({ name: null });

  const offline = textsOf([message], payload, 'offline');
  return [
    { id, texts: [...textsOf([start, attributes, ...later], payload, 'chat'), header] },
    { id: vouched, texts: [...Object.values(claims), ...offline] },
    { id: null, texts: textsOf([message], payload, 'row') },
  ];
}
