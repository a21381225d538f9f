import type { Command } from '#protocol/up.ts';
import type { OutboxStorage } from '../client.ts';
import { createClient } from '../create-client.ts';
import { memoryStorage, uuidv7 } from '../ref.ts';
import { createFakeBrowser } from './fake-browser.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeServer } from './fake-server.ts';

/** A server and whoever connects to it, in virtual time; `drain` as for the clock. */
export function setUp(drain: () => Promise<unknown>, chance = () => 0.5) {
  const clock = createFakeClock(drain);
  const server = createFakeServer(clock, chance);
  const asked: boolean[] = [];
  type Who = { token: string } | { operatorId: string };
  const as = (who: Who | ((refresh: boolean) => Who), storage: OutboxStorage = memoryStorage()) => {
    const { environment, happen, polls } = createFakeBrowser(server);
    const credential = async (refresh: boolean) => {
      asked.push(refresh);
      return typeof who === 'function' ? who(refresh) : who;
    };
    const client = createClient({ origin: 'http://chat.test', credential, storage }, environment);
    return { ...client, happen, polls, environment };
  };
  /** A visitor in conversation c1, and how to speak there. */
  const inChat = async () => {
    const visitor = as({ token: 'vera' });
    visitor.start();
    await clock.advance(500);
    void visitor.send(start('hello'));
    await clock.advance(500);
    return { visitor, post: (text: string) => visitor.send(post(text)) };
  };
  const said = (type: string) => server.spoken.flatMap(({ frame }) => (frame.type === type ? [frame] : []));
  return { clock, server, as, inChat, said, asked: () => asked };
}

export function start(text: string): Command {
  return { type: 'conversation.start', ref: uuidv7(), text, details: {}, page: null, language: null };
}

export function post(text: string): Command {
  return { type: 'message.post', ref: uuidv7(), conversationId: 'c1', text };
}

export function read(upTo: number): Command {
  return { type: 'receipt.mark', ref: uuidv7(), conversationId: 'c1', mark: 'read', upTo };
}
