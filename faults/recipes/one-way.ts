import { setTimeout as wait } from 'node:timers/promises';
import { uuidv7 } from '#client/ref.ts';
import { NETWORK, Network } from '../network.ts';
import type { Person } from '../person.ts';
import type { Recipe } from '../recipe.ts';
import { Stage } from '../stage.ts';

type Amounts = { chats: number; rounds: number };

/** What the contract allows, and what a busy machine is late with. */
const SENDING = 10;
const IDLE = 50;
const LATE = 5;

/** R4: what clients say arrives, what the server says vanishes. Half of the people say something, half are idle. */
export const oneWay: Recipe<Amounts> = {
  id: 'R4',
  title: 'the server is heard no more and still hears',
  light: true,
  short: { chats: 40, rounds: 1 },
  long: { chats: 200, rounds: 10 },
  control: {
    says: 'a client never doubts a silent line',
    patches: [
      {
        file: 'client/connection.ts',
        find: 'silent += passed;',
        replace: 'silent = 0;',
      },
    ],
  },
  async run(ground, { chats: visitors, rounds }) {
    await using network = await Network.open(1);
    await using stage = await Stage.open(ground, {
      env: { FOYER_BIND: '0.0.0.0', FOYER_TRUSTED_PROXIES: NETWORK },
      launcher: network.launcher,
      host: () => network.address(0),
    });
    const chats = await stage.fill({ accounts: 2, operators: 8, visitors });
    const noticed = { sending: [] as number[], idle: [] as number[] };
    const unnoticed: string[] = [];
    const returned: number[] = [];
    let sent = 0;
    for (let round = 0; round < rounds; round += 1) {
      const speakers = new Set<Person>();
      await network.mute(0);
      for (const { id: conversationId, visitor } of chats.filter((_, index) => index % 2 === round % 2)) {
        speakers.add(visitor);
        sent += 1;
        void visitor.say({ type: 'message.post', ref: uuidv7(), conversationId, text: 'Do you hear me?' });
      }
      const [most, kinds] = [{ sending: SENDING + LATE, idle: IDLE + LATE }, noticed];
      await Promise.all(
        stage.people.map(async (person) => {
          const kind = speakers.has(person) ? 'sending' : 'idle';
          const seconds = await noticing(person, most[kind]);
          if (seconds === undefined) unnoticed.push(`${person.name}, ${kind}, believed in a deaf line`);
          else kinds[kind].push(seconds);
        }),
      );
      await network.unmute(0);
      returned.push(await stage.everybodyOnline());
      await wait(1000);
    }
    const { findings, violated, converged } = await stage.settle(60);
    return {
      did: { clients: stage.people.length, rounds, sent },
      findings,
      violated: [...violated, ...unnoticed],
      times: [
        { what: 'noticed with a send pending', seconds: noticed.sending, target: SENDING },
        { what: 'noticed when idle', seconds: noticed.idle, target: IDLE },
        { what: 'everybody online after the end', seconds: returned, target: 30 },
        { what: 'all equal after that', seconds: [converged], target: 2 },
      ],
    };
  },
};

/** Seconds until the person says that it is not online; undefined if it still does after `most`. */
function noticing({ client }: Person, most: number): Promise<number | undefined> {
  const begun = performance.now();
  return new Promise((resolve) => {
    const over = (seconds?: number) => {
      clearTimeout(timer);
      unsubscribe();
      resolve(seconds);
    };
    const timer = setTimeout(over, most * 1000);
    const look = () => {
      if (client.getState().line !== 'online') over((performance.now() - begun) / 1000);
    };
    const unsubscribe = client.subscribe(look);
    look();
  });
}
