import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { NETWORK, Network } from '../network.ts';
import type { Recipe } from '../recipe.ts';
import { Stage } from '../stage.ts';
import { talk } from '../talk.ts';

type Amounts = {
  chats: number;
  /** Tabs of each visitor that stop reading. */
  tabs: number;
  perSecond: number;
  /** Seconds that they do not read: less than the 40 after which they would ask by themselves. */
  seconds: number;
  rounds: number;
};

/** As long as a message may be, of characters that take three bytes each. */
const TEXT = 'つづく'.repeat(1300);
/** Megabytes that the server may grow by: the megabyte of each slow line, and what it needs to work. */
const GROWTH = 128;

/** R6: machines that hold their lines and read nothing, while much is said. */
export const slowReaders: Recipe<Amounts> = {
  id: 'R6',
  title: 'people who stop reading',
  short: { chats: 2, tabs: 10, perSecond: 60, seconds: 22, rounds: 1 },
  long: { chats: 8, tabs: 25, perSecond: 360, seconds: 35, rounds: 30 },
  control: {
    says: 'a line may wait for any number of bytes',
    patches: [
      {
        file: 'server/core/realtime/connection.ts',
        find: 'if (buffered > this.#limits.close) {',
        replace: 'if (buffered > Infinity) {',
      },
    ],
  },
  async run(ground, { chats: visitors, tabs, perSecond, seconds, rounds }) {
    await using network = await Network.open(1);
    // Otherwise the kernel alone holds minutes of talk for each of them.
    await network.limitBuffers(64 * 1024);
    await using stage = await Stage.open(ground, {
      env: { FOYER_BIND: '0.0.0.0', FOYER_TRUSTED_PROXIES: NETWORK },
      launcher: network.launcher,
      host: () => network.address(0),
    });
    const account = await stage.addAccount();
    const chats = [];
    for (let index = 0; index < visitors; index += 1) {
      const actor = account.visitor();
      const [visitor, operator] = [stage.addVisitor(account, actor), await stage.addOperator(account)];
      const chat = await stage.begin(visitor, operator);
      const slow = Array.from({ length: tabs }, () => stage.addVisitor(account, actor));
      for (const tab of slow) {
        tab.client.start();
        tab.follows.add(chat.id);
      }
      chats.push({ ...chat, slow });
    }
    await stage.everybodyOnline();
    const slow = chats.flatMap((chat) => chat.slow);
    const healthy = stage.people.filter((person) => !slow.includes(person));
    const arrivals = () => healthy.reduce((sum, person) => sum + person.arrivals, 0);
    const talking = talk(stage, chats, perSecond, TEXT);
    await wait(3000);
    const memory = await residentMegabytes(stage);
    let most = memory;
    let harmed = 0;
    const kept: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const healthyBefore = arrivals();
      const before = new Map(slow.map((person) => [person, person.arrivals]));
      for (const person of slow) person.stall();
      const end = performance.now() + seconds * 1000;
      while (performance.now() < end) {
        await wait(500);
        most = Math.max(most, await residentMegabytes(stage));
      }
      // When they read again, this process may be too slow itself for those who never stopped.
      harmed += arrivals() - healthyBefore;
      for (const person of slow) person.readAgain();
      await wait(3000);
      await stage.everybodyOnline();
      const still = slow.filter((person) => person.arrivals === before.get(person));
      for (const { name } of still) kept.push(`${name} read nothing for ${seconds} s and kept its line`);
    }
    talking.stop();
    const { findings, violated, converged } = await stage.settle(60);
    violated.push(...kept);
    if (harmed > 0) violated.push(`${harmed} who read lost the line`);
    if (most - memory > GROWTH) violated.push(`the server grew by ${Math.round(most - memory)} MB`);
    return {
      did: {
        clients: stage.people.length,
        slow: slow.length,
        sent: talking.sent(),
        'MB grown': Math.round(most - memory),
      },
      findings,
      violated,
      times: [
        {
          what: 'a message is acknowledged to who reads',
          seconds: healthy.flatMap(({ waits }) => waits),
          target: 2,
        },
        { what: 'all equal after the end', seconds: [converged], target: 5 },
      ],
    };
  },
};

async function residentMegabytes({ server }: Stage): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
