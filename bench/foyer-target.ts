import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createLogger } from '../server/core/logger.ts';
import { issueTokens } from '../server/features/visitors/tokens.ts';
import { freePort } from '../server/test/ports.ts';
import { startChat } from '../server/test/speakers.ts';
import { createContext } from '../server/start.ts';
import { readConfig } from '../server/config.ts';
import { makeAccount, PASSWORD, type TestAccount } from '../server/test/factories.ts';
import type { OperatorActor } from '../server/core/actor.ts';
import { connect, startChild, stopChild, usageOf, type Chat, type Heard, type Target } from './target.ts';
import { TEXT } from './relay-target.ts';

const PER_ACCOUNT = 20;
const PER_OPERATOR = 10;
/** Operators come from other addresses than visitors, as the limit per address asks. */
const FIRST_OPERATOR = 100_000;
const SECRET = 'a secret of the bench that is long enough to sign with';
const NOWHERE = { conversations: {} };

export async function startFoyer(databaseUrl: string): Promise<Target> {
  const [consolePort, chatPort] = [await freePort(), await freePort()];
  const env = {
    DATABASE_URL: databaseUrl,
    FOYER_CONSOLE_PORT: String(consolePort),
    FOYER_CHAT_PORT: String(chatPort),
  };
  let { child } = await startChild('./foyer.ts', env);
  const config = readConfig({ ...env, FOYER_DATA: '/nonexistent', FOYER_LOG_LEVEL: 'error' });
  // The bench makes its accounts and tokens itself: setting up is not what it measures.
  const context = await createContext(
    config,
    SECRET,
    { connectionString: databaseUrl },
    createLogger('error'),
  );
  const accounts: TestAccount[] = [];
  let operators = 0;

  const visitorSocket = (index: number) =>
    connect(`${config.chat.url.replace('http', 'ws')}/v1/realtime`, index, { origin: config.chat.url }, [
      'foyer.v1',
    ]);

  const visitorLine = async (account: TestAccount, index: number) => {
    const { access } = await issueTokens(context.key('visitor'), account.visitor());
    const socket = await visitorSocket(index);
    socket.send(JSON.stringify({ type: 'hello', protocol: 1, token: access, positions: NOWHERE }));
    await once(socket, 'message');
    return { socket, access };
  };

  /** Knows of the conversation, but of none of its entries: the server has to tell them. */
  const resume = async (index: number, token: string, conversationId: string) => {
    const socket = await visitorSocket(index);
    const positions = { conversations: { [conversationId]: 0 } };
    const told = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as { type: string; entries?: unknown[] };
        if (frame.type === 'entries' && frame.entries?.length !== 0) resolve();
      });
    });
    socket.send(JSON.stringify({ type: 'hello', protocol: 1, token, epoch: context.epoch, positions }));
    await told;
  };

  const operatorLine = async (operator: OperatorActor, conversationIds: string[], heard: Heard) => {
    const headers = { cookie: await signIn(config.console.url, operator), origin: config.console.url };
    const socket = await connect(
      `${config.console.url.replace('http', 'ws')}/v1/realtime`,
      FIRST_OPERATOR + (operators += 1),
      { headers },
      ['foyer.v1'],
    );
    const accepted = new Set<string>();
    const all = Promise.withResolvers<void>();
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      // What the measurement does not look at costs no parsing: the load shares its processors with what it measures.
      if (!text.startsWith('{"type":"entries"') && !text.startsWith('{"type":"done"')) return;
      const frame = JSON.parse(text) as { type: string; ref: string; entries?: { ref?: string }[] };
      if (frame.type === 'entries') for (const { ref } of frame.entries ?? []) if (ref) heard.delivered(ref);
      if (frame.type === 'done' && accepted.add(frame.ref).size === conversationIds.length * 2) all.resolve();
    });
    socket.send(
      JSON.stringify({ type: 'hello', protocol: 1, operatorId: operator.operatorId, positions: NOWHERE }),
    );
    for (const conversationId of conversationIds) {
      socket.send(JSON.stringify({ type: 'conversation.accept', ref: randomUUID(), conversationId }));
      socket.send(JSON.stringify({ type: 'conversation.follow', ref: randomUUID(), conversationId }));
    }
    await all.promise;
  };

  const openAccount = async (first: number, count: number, heard: Heard): Promise<Chat[]> => {
    const account = await makeAccount(context);
    accounts.push(account);
    const begun: { id: string; chat: Chat }[] = [];
    for (let index = first; index < first + count; index += 1) {
      const { socket, access } = await visitorLine(account, index);
      const id = Promise.withResolvers<string>();
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as { type: string; ref: string; conversationId?: string };
        if (frame.type !== 'done') return;
        if (frame.conversationId) id.resolve(frame.conversationId);
        heard.acknowledged(frame.ref);
      });
      socket.send(JSON.stringify({ ref: randomUUID(), ...startChat(TEXT) }));
      const conversationId = await id.promise;
      const send = (ref: string) =>
        socket.send(JSON.stringify({ type: 'message.post', ref, conversationId, text: TEXT }));
      begun.push({
        id: conversationId,
        chat: { send, resume: () => resume(index, access, conversationId) },
      });
    }
    for (let from = 0; from < count; from += PER_OPERATOR) {
      const ids = begun.slice(from, from + PER_OPERATOR).map(({ id }) => id);
      await operatorLine(await account.addOperator('normal'), ids, heard);
    }
    return begun.map(({ chat }) => chat);
  };

  return {
    name: 'Foyer',
    open: async (count, heard) => {
      const chats: Chat[] = [];
      for (let from = 0; from < count; from += PER_ACCOUNT) {
        chats.push(...(await openAccount(from, Math.min(PER_ACCOUNT, count - from), heard)));
      }
      return chats;
    },
    idle: async (index) => {
      accounts[0] ??= await makeAccount(context);
      return (await visitorLine(accounts[0], index)).socket;
    },
    restart: async () => {
      await stopChild(child);
      ({ child } = await startChild('./foyer.ts', env));
    },
    usage: () => usageOf(child),
    stop: async () => {
      await stopChild(child);
      await context.jobs[Symbol.asyncDispose]();
      await context.db[Symbol.asyncDispose]();
    },
  };
}

async function signIn(origin: string, operator: OperatorActor): Promise<string> {
  const answer = await fetch(`${origin}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email: `${operator.operatorId}@example.com`, password: PASSWORD }),
  });
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}
