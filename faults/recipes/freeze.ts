import { setTimeout as wait } from 'node:timers/promises';
import { behindChaos } from '../chaos-proxy.ts';
import { noResume, type Recipe } from '../recipe.ts';
import { arrivals, Stage } from '../stage.ts';
import { talk } from '../talk.ts';

type Amounts = {
  chats: number;
  perSecond: number;
  /** Seconds that the server stands still, one after the other. */
  server: number[];
  /** Seconds that the connections of half of the clients stand still. */
  clients: number[];
};

/** R5: nothing is closed and nothing moves. The server is stopped (SIGSTOP), then half of the connections are. */
export const freeze: Recipe<Amounts> = {
  id: 'R5',
  title: 'a frozen server, frozen connections',
  short: { chats: 80, perSecond: 60, server: [12], clients: [8] },
  long: { chats: 200, perSecond: 100, server: [10, 30, 120], clients: [10, 30, 70, 120] },
  control: noResume,
  async run(ground, { chats: visitors, perSecond, server, clients }) {
    await using stack = new AsyncDisposableStack();
    const { proxies, through } = behindChaos(stack);
    const stage = stack.use(await Stage.open(ground, { through }));
    const chats = await stage.fill({ accounts: 2, operators: 8, visitors });
    const before = arrivals(stage);
    const talking = talk(stage, chats, perSecond);
    const returned: number[] = [];
    const back = async () => {
      const begun = performance.now();
      if (await stage.returned(60)) returned.push((performance.now() - begun) / 1000);
      await wait(1000);
    };
    for (const seconds of server) {
      await wait(1000);
      stage.server.freeze();
      await wait(seconds * 1000);
      stage.server.thaw();
      await back();
    }
    for (const seconds of clients) {
      const half = (connection: number) => connection % 2 === 0;
      for (const proxy of proxies) proxy.set({ stall: 'both' }, half);
      await wait(seconds * 1000);
      for (const proxy of proxies) proxy.set({ stall: 'none' });
      await back();
    }
    talking.stop();
    const { findings, violated, converged } = await stage.settle(120);
    const reconnects = arrivals(stage) - before;
    const freezes = server.length + clients.length;
    return {
      did: { clients: stage.people.length, freezes, sent: talking.sent(), reconnects },
      findings,
      violated,
      times: [
        { what: 'everybody online after the thaw', seconds: returned, target: 5 },
        { what: 'all equal after the end', seconds: [converged], target: 5 },
      ],
    };
  },
};
