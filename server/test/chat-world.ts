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
import {
  insertDepartments,
  insertDestinations,
  mergeSettings,
  openRouting,
} from '../features/routing/store.ts';
import type { Office, Target, There } from './chat-desk.ts';
import type { House } from './chat-house.ts';
import { movingEnvironment } from './clients.ts';
import { Line, speakerOf, type Speaker } from './speakers.ts';

/** Who is there: a visitor with two tabs, another visitor, two operators and an administrator. */
export const seats = ['vera', 'vera in another tab', 'wim', 'anna', 'bela', 'clara'] as const;
export type Seat = (typeof seats)[number];
/** Those of them who have a screen: the whole client core, with its own line, beside the bare line of the seat. */
export const watchers = ['vera', 'anna', 'clara'] as const;
export type Watcher = (typeof watchers)[number];

/** ms; longer than anything that finds a dead line. */
const MINUTE = 60_000;
// Short waits are shorter still, and nobody else comes back at the same time; what finds a dead line is left as it is, or
// a slow machine would look like one. A first welcome that came late must not leave a screen to its polls for minutes.
const hurried = {
  random: () => 0.1,
  setTimeout: (run: () => void, ms: number) =>
    setTimeout(run, ms < 1000 ? ms / 10 : ms > MINUTE ? ms / 300 : ms),
};

/** An account of its own in the house, and people who talk in it. */
export type World = {
  accountId: string;
  actors: Record<Seat, Actor>;
  office: Office;
  /** Operators who were there since the last look; `looked` begins the next time. */
  there: () => There;
  looked: (present: ReadonlySet<string>) => void;
  /** Nobody is known to have been there all the time. */
  doubt: () => void;
  /** Whether the server must count an operator as there; undefined while its screen is coming back. */
  isThere: (seat: OperatorSeat) => boolean | undefined;
  /** Every line that a visitor ever had. */
  visitorLines: () => readonly Line[];
  /** The seat's open line; opens one where there is none. */
  line: (seat: Seat) => Promise<Line>;
  /** A new line that has not said hello, and the credential for its hello. It is the seat's from now on. */
  freshLine: (seat: Seat) => Promise<{ line: Line; hello: Speaker['hello'] }>;
  screens: Record<Watcher, Client>;
  /** Cuts the bare line of a seat. */
  hangUp: (seat: Seat) => void;
  /** Cuts the lines of a seat, without a word. */
  cut: (seat: Seat) => void;
  cutAll: () => void;
  leave: () => void;
};

export const operatorSeats = ['anna', 'bela', 'clara'] as const;
export type OperatorSeat = (typeof operatorSeats)[number];
export const isOperatorSeat = (seat: Seat): seat is OperatorSeat =>
  operatorSeats.some((each) => each === seat);

/** s; longer than any script, so that only what is said and who is there ends an offer. */
const ANSWER_WITHIN = 3600;
const BELAS_CAPACITY = 1;

type People = { actors: Record<Seat, Actor>; office: Office };

async function makePeople(house: House, accountId: string): Promise<People> {
  const { db } = house.server().context;
  const operators: OperatorActor[] = [];
  const departments = [
    { id: randomUUID(), name: 'Sales', members: [1, 2] },
    { id: randomUUID(), name: 'Support', members: [0, 1] },
  ];
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
        ...(name === 'bela' && { capacity: BELAS_CAPACITY }),
        created_at: new Date(),
        changed_seq: 0,
      });
    }
    const serving = departments.flatMap(({ id, members }) =>
      members.map((member) => ({
        operatorId: operators[member]!.operatorId,
        language: 'en',
        departmentId: id,
      })),
    );
    await insertDepartments(tx, accountId, departments);
    await insertDestinations(tx, accountId, serving);
    await openRouting(tx, accountId);
    await mergeSettings(tx, accountId, { answerWithin: ANSWER_WITHIN, missedAfter: null });
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
  const targets: Target[] = [
    ...operators.map(({ operatorId: id, name }) => ({ kind: 'operator' as const, id, name, members: [id] })),
    ...departments.map(({ id, name, members }) => ({
      kind: 'department' as const,
      id,
      name,
      members: members.map((member) => operators[member]!.operatorId),
    })),
  ];
  const capacities = new Map([[bela.operatorId, BELAS_CAPACITY]]);
  return {
    actors: { vera, 'vera in another tab': vera, wim: visitor(), anna, bela, clara },
    office: { targets, capacities, answerWithin: ANSWER_WITHIN },
  };
}

export async function openWorld(house: House): Promise<World> {
  const accountId = randomUUID();
  const { actors, office } = await makePeople(house, accountId);
  const there = { always: new Set<string>(), once: new Set<string>() };
  const visitorLines: Line[] = [];
  const idOf = (seat: Seat): string => {
    const actor = actors[seat];
    return actor.kind === 'operator' ? actor.operatorId : actor.visitorId;
  };
  const lines = new Map<Seat, Line>();
  const sockets = new Map<Watcher, Set<WebSocket>>();
  const welcomed = new WeakSet<WebSocket>();

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
    hangUp(seat);
    const { on, headers, hello } = await speaker(seat);
    const line = new Line(house.server(), on, headers);
    lines.set(seat, line);
    if (on === 'chat') visitorLines.push(line);
    there.once.add(idOf(seat));
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
        this.on('message', (data) => {
          if ((data as Buffer).toString().includes('"type":"welcome"')) welcomed.add(this);
        });
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
      there.once.add(idOf(watcher));
      for (const id of client.getState().conversations.keys()) client.follow(id);
    });
    client.start();
    return client;
  }

  function hangUp(seat: Seat): void {
    if (lines.has(seat)) there.always.delete(idOf(seat));
    lines.get(seat)?.socket.terminate();
    lines.delete(seat);
  }

  function cut(seat: Seat): void {
    hangUp(seat);
    there.always.delete(idOf(seat));
    for (const socket of sockets.get(seat as Watcher) ?? []) socket.terminate();
  }

  const screens = { vera: openScreen('vera'), anna: openScreen('anna'), clara: openScreen('clara') };
  return {
    accountId,
    actors,
    office,
    there: () => ({ always: new Set(there.always), once: new Set(there.once) }),
    looked: (present) => {
      there.always = new Set(present);
      there.once = new Set(present);
    },
    doubt: () => there.always.clear(),
    isThere: (seat) => {
      const watcher = watchers.find((each) => each === seat);
      const isOpen = ({ readyState }: WebSocket) => readyState === WebSocket.OPEN;
      if (!watcher) return [...lines].some(([each, { socket }]) => each === seat && isOpen(socket));
      // A client may not have noticed yet that its line is cut; and for the server one that polls comes and goes with each
      // poll, until its socket is welcomed.
      const carries = (socket: WebSocket) => isOpen(socket) && welcomed.has(socket);
      const isOnline =
        screens[watcher].getState().line === 'online' && [...(sockets.get(watcher) ?? [])].some(carries);
      return isOnline || undefined;
    },
    visitorLines: () => visitorLines,
    line: openLine,
    freshLine,
    screens,
    hangUp,
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
