import { randomUUID } from 'node:crypto';
import type { BrowserContextOptions } from '@playwright/test';
import type { ChatboxSettings } from '#protocol/chatboxes.ts';
import type { Operators, Role, Status } from '#protocol/operators.ts';
import type { Routing } from '#protocol/routing.ts';
import { defaultSettings as defaultBox } from '../../server/features/chatboxes/default-settings.ts';
import { defaultSettings } from '../../server/features/routing/default-settings.ts';
import type { Foyer } from './foyer.ts';
import { company, owner } from './people.ts';

export type Account = {
  /** The code to paste into a page's head. */
  snippet: string;
  key: string;
  testPage: string;
  operatorId: string;
  /** Makes a new browser context one in which the owner is signed in. */
  signedIn: SignedIn;
  /** Calls the console's HTTP API as the owner. Throws unless it succeeds. */
  call: <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;
  /** Changes the chatbox. */
  changeBox: (settings: Partial<ChatboxSettings>) => Promise<void>;
  /** Chooses the owner's status, as the switch in the console does. */
  setStatus: (status: Status) => Promise<void>;
  /** Adds an operator and signs it in. */
  addColleague: (name: string, role: Role) => Promise<Colleague>;
  /** Takes back what a test has made: chats, colleagues, how visitors are routed, and how the box looks. */
  beAsNew: () => Promise<void>;
};

export type Colleague = { name: string; email: string; password: string; handle: string; signedIn: SignedIn };

type SignedIn = Exclude<NonNullable<BrowserContextOptions['storageState']>, string>;

type Chatboxes = { chatboxes: { id: string; key: string }[] };

/** Sets the installation up as setup-page.tsx does, without a browser. The story's test does it by hand. */
export async function createAccount(foyer: Foyer): Promise<Account> {
  const origin = { origin: foyer.console, 'content-type': 'application/json' };
  const answer = await fetch(`${foyer.direct}/v1/setup`, {
    method: 'POST',
    headers: origin,
    body: JSON.stringify({
      token: foyer.setupLink.split('#')[1],
      ...owner,
      account: { ...company, language: 'en' },
    }),
  });
  if (!answer.ok) throw new Error(`set-up failed: ${await answer.text()}`);
  const me = (await answer.json()) as { memberships: [{ operatorId: string }] };
  const { operatorId } = me.memberships[0];
  const signedIn = signedInBy(answer);
  const cookie = signedIn.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');

  async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${foyer.direct}${path}`, {
      method,
      headers: {
        origin: foyer.console,
        cookie,
        'foyer-operator': operatorId,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  const send = (frames: unknown[]) => call('POST', '/v1/realtime/send', { operatorId, frames });

  async function endAllChats(): Promise<void> {
    const open = await foyer.query<{ id: string }>(
      "select conversation_id as id from conversations where state <> 'closed'",
    );
    const frames = open.map(({ id }) => ({
      type: 'conversation.close',
      ref: randomUUID(),
      conversationId: id,
    }));
    if (frames.length > 0) await send(frames);
  }

  const [box] = (await call<Chatboxes>('GET', '/v1/chatboxes')).chatboxes;
  if (!box) throw new Error('the account has no chatbox');
  const check = await call<{ snippet: string; testPage: string }>('GET', `/v1/chatboxes/${box.id}/check`);
  const changeBox: Account['changeBox'] = async (settings) => {
    await call('PATCH', `/v1/chatboxes/${box.id}`, { settings });
  };
  return {
    ...check,
    key: box.key,
    operatorId,
    call,
    signedIn,
    changeBox,
    setStatus: async (status) => void (await send([{ type: 'status.set', ref: randomUUID(), status }])),
    async addColleague(name, role) {
      const nick = `${name
        .toLowerCase()
        .replace(/[^a-z]+/g, '')
        .slice(0, 20)}-${randomUUID().slice(0, 8)}`;
      const login = { email: `${nick}@shop.test`, password: 'another good password' };
      await call('POST', '/v1/operators', { ...login, name, handle: nick, role });
      const session = await fetch(`${foyer.direct}/v1/session`, {
        method: 'POST',
        headers: origin,
        body: JSON.stringify(login),
      });
      if (!session.ok) throw new Error(`sign-in failed: ${await session.text()}`);
      return { ...login, name, handle: nick, signedIn: signedInBy(session) };
    },
    async beAsNew() {
      await endAllChats();
      const { operators } = await call<Operators>('GET', '/v1/operators');
      for (const { id } of operators) if (id !== operatorId) await call('DELETE', `/v1/operators/${id}`);
      const { departments, destinations, rules } = await call<Routing>('GET', '/v1/routing');
      for (const { id } of rules) await call('DELETE', `/v1/url-rules/${id}`);
      for (const id of Object.keys(destinations))
        await call('PUT', `/v1/operators/${id}/destinations`, { destinations: [] });
      for (const { id } of departments) await call('DELETE', `/v1/departments/${id}`);
      await call('PUT', '/v1/offline-recipients', { operators: [] });
      await call('PATCH', '/v1/routing', { ...defaultSettings, languages: ['en'] });
      await changeBox(defaultBox);
    },
  };
}

/** The cookies of an answer, as a browser would keep them. */
function signedInBy(answer: Response): SignedIn {
  const kept = {
    domain: 'localhost',
    path: '/',
    expires: -1,
    httpOnly: true,
    secure: false,
    sameSite: 'Lax',
  } as const;
  const cookies = answer.headers.getSetCookie().map((line) => {
    const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
    return { ...kept, name, value };
  });
  return { cookies, origins: [] };
}
