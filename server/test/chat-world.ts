import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Down } from '#protocol/down.ts';
import type { Done, Refused } from '#protocol/session.ts';
import type { Client } from '#client/client.ts';
import { createClient } from '#client/create-client.ts';
import { memoryStorage, uuidv7 } from '#client/ref.ts';
import type { Actor, OperatorActor, VisitorActor } from '../core/actor.ts';
import { createAccount } from '../features/accounts/create-account.ts';
import { listChatboxes } from '../features/chatboxes/list-chatboxes.ts';
import { insertOperator } from '../features/operators/store.ts';
import type { House } from './chat-house.ts';
import { movingEnvironment } from './clients.ts';
import { Line, speakerOf, type Speaker } from './speakers.ts';

/** Who is there: a visitor with two tabs, another visitor, two operators and an administrator. */
export const seats = ['vera', 'vera in another tab', 'wim', 'anna', 'bela', 'clara'] as const;
export type Seat = (typeof seats)[number];
/** Those of them who have a screen: the whole client core, with its own line, beside the bare line of the seat. */
export const watchers = ['vera', 'anna', 'clara'] as const;
export type Watcher = (typeof watchers)[number];

// Short waits are shorter still, and nobody else comes back at the same time; what finds a dead line is left as it is, or
// a slow machine would look like one.
const hurried = {
  random: () => 0.1,
  setTimeout: (run: () => void, ms: number) => setTimeout(run, ms < 1000 ? ms / 10 : ms),
};

/** An account of its own in the house, and people who talk in it. */
export type World = {
  accountId: string;
  actors: Record<Seat, Actor>;
  /** The seat's open line; opens one where there is none. */
  line: (seat: Seat) => Promise<Line>;
  /** A new line that has not said hello, and the credential for its hello. It is the seat's from now on. */
  freshLine: (seat: Seat) => Promise<{ line: Line; hello: Speaker['hello'] }>;
  screens: Record<Watcher, Client>;
  /** Cuts the lines of a seat, without a word. */
  cut: (seat: Seat) => void;
  cutAll: () => void;
  leave: () => void;
};

export const operatorSeats = ['anna', 'bela', 'clara'] as const;

async function makeActors(house: House, accountId: string): Promise<Record<Seat, Actor>> {
  const { db } = house.server().context;
  const operators: OperatorActor[] = [];
  const box = await db.inAccount(accountId, async (tx) => {
    await createAccount(tx, accountId, { name: `a-${accountId}`, title: 'Test company', language: 'en' });
    for (const [index, person] of house.persons.entries()) {
      const name = operatorSeats[index] ?? '';
      const operatorId = randomUUID();
      operators.push({ ...person, accountId, operatorId, name });
      await insertOperator(tx, {
        account_id: accountId,
        operator_id: operatorId,
        person_id: person.personId,
        handle: name,
        name,
        role: person.role,
        status: 'online',
        created_at: new Date(),
        changed_seq: 0,
      });
    }
    return (await listChatboxes(tx, accountId))[0];
  });
  const [anna, bela, clara] = operators;
  if (!box || !anna || !bela || !clara) throw new Error('the account is not complete');
  const visitor = (): VisitorActor => ({
    kind: 'visitor',
    accountId,
    visitorId: randomUUID(),
    chatboxId: box.id,
    since: new Date(),
  });
  const vera = visitor();
  return { vera, 'vera in another tab': vera, wim: visitor(), anna, bela, clara };
}

export async function openWorld(house: House): Promise<World> {
  const accountId = randomUUID();
  const actors = await makeActors(house, accountId);
  const lines = new Map<Seat, Line>();
  const sockets = new Map<Watcher, Set<WebSocket>>();

  /** What a browser in this seat would send now. */
  async function speaker(seat: Seat): Promise<Speaker> {
    const actor = actors[seat];
    const { context } = house.server();
    if (actor.kind === 'visitor') return speakerOf(context, actor);
    await house.signedIn();
    const cookie = house.cookie(operatorSeats.findIndex((each) => each === seat));
    const headers = { cookie, origin: context.config.console.url };
    return { actor, on: 'console', headers, hello: { operatorId: actor.operatorId } };
  }

  async function freshLine(seat: Seat): Promise<{ line: Line; hello: Speaker['hello'] }> {
    lines.get(seat)?.socket.terminate();
    const { on, headers, hello } = await speaker(seat);
    const line = new Line(house.server(), on, headers);
    lines.set(seat, line);
    await line.opened();
    return { line, hello };
  }

  async function openLine(seat: Seat): Promise<Line> {
    const now = lines.get(seat);
    if (now && now.socket.readyState === WebSocket.OPEN) return now;
    const { line, hello } = await freshLine(seat);
    line.send({ type: 'hello', protocol: 1, ...hello, positions: { conversations: {} } });
    if (actors[seat].kind === 'operator') await line.hear('changes');
    const { conversation } = await line.hear('welcome');
    if (conversation) await line.hear('entries');
    return line;
  }

  function openScreen(watcher: Watcher): Client {
    const actor = actors[watcher];
    const on = actor.kind === 'operator' ? 'console' : 'chat';
    let headers: Record<string, string> = {};
    const origin = 'http://moving.test';
    const open = new Set<WebSocket>();
    sockets.set(watcher, open);
    const moving = movingEnvironment(origin, () => {
      const { ports, url } = house.server();
      return { origin: `http://127.0.0.1:${ports[on]}`, headers: { ...headers, origin: url[on] } };
    });
    class Socket extends (moving.WebSocket as unknown as typeof WebSocket) {
      constructor(url: string, protocol: string) {
        super(url, protocol);
        open.add(this);
        this.on('close', () => open.delete(this));
      }
    }
    const credential = async () => {
      const now = await speaker(watcher);
      headers = now.headers;
      return now.hello;
    };
    const client = createClient(
      { origin, credential, storage: memoryStorage() },
      { ...moving, ...hurried, WebSocket: Socket as unknown as (typeof moving)['WebSocket'] },
    );
    // An operator looks at everything it is shown.
    client.subscribe(() => {
      for (const id of client.getState().conversations.keys()) client.follow(id);
    });
    client.start();
    return client;
  }

  function cut(seat: Seat): void {
    lines.get(seat)?.socket.terminate();
    lines.delete(seat);
    for (const socket of sockets.get(seat as Watcher) ?? []) socket.terminate();
  }

  const screens = { vera: openScreen('vera'), anna: openScreen('anna'), clara: openScreen('clara') };
  return {
    accountId,
    actors,
    line: openLine,
    freshLine,
    screens,
    cut,
    cutAll: () => seats.forEach(cut),
    leave: () => {
      for (const screen of Object.values(screens)) screen.stop();
      seats.forEach(cut);
    },
  };
}

/** Says one frame with this ref, and answers what is said of it from now on. */
export async function ask(line: Line, frame: object & { ref: string }): Promise<Done | Refused> {
  const from = line.heard.length;
  const isAnswer = (heard: Down): heard is Done | Refused =>
    (heard.type === 'done' || heard.type === 'refused') && heard.ref === frame.ref;
  line.send(frame);
  return line.until(
    () => line.heard.slice(from).find(isAnswer),
    15_000,
    `answer to ${JSON.stringify(frame)}`,
  );
}

export const newRef = (): string => uuidv7();
