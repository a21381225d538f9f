import { setTimeout as wait } from 'node:timers/promises';
import type { PageEvent } from '#client/environment.ts';
import { NETWORK, Network } from '../network.ts';
import { between } from '../random.ts';
import { noResume, type Recipe } from '../recipe.ts';
import { arrivals, happens, Stage } from '../stage.ts';
import { talk } from '../talk.ts';

type Amounts = {
  chats: number;
  perSecond: number;
  /** For each link the outages that it has, one after the other, in seconds. Everybody has one of the links. */
  outages: number[][];
};

/** R3: the network is gone for a part of the people, both ways, and nobody is told. */
export const partition: Recipe<Amounts> = {
  id: 'R3',
  title: 'the network is gone',
  light: true,
  short: { chats: 60, perSecond: 40, outages: [[1, 5, 1], [5, 1], [15], []] },
  long: {
    chats: 200,
    perSecond: 100,
    outages: [[1, 5, 30, 1, 5, 30, 1, 5, 30], [30, 120, 30, 120], [600], []],
  },
  control: noResume,
  async run(ground, { outages, perSecond, chats: visitors }) {
    await using network = await Network.open(outages.length);
    const linkOf = (person: number) => person % outages.length;
    // A browser tells its page of its own card only; half of the people lose something farther away.
    const isTold = (person: number) => Math.floor(person / outages.length) % 2 === 0;
    const told = outages.map(() => new Set<(event: PageEvent) => void>());
    await using stage = await Stage.open(ground, {
      env: { FOYER_BIND: '0.0.0.0', FOYER_TRUSTED_PROXIES: NETWORK },
      launcher: network.launcher,
      host: (person) => network.address(linkOf(person)),
      surroundings: (person) => ({
        listen: (heard) => {
          if (isTold(person)) told[linkOf(person)]?.add(heard);
          return () => told[linkOf(person)]?.delete(heard);
        },
      }),
    });
    const chats = await stage.fill({ accounts: 2, operators: 8, visitors });
    const before = arrivals(stage);
    const talking = talk(stage, chats, perSecond);
    const back = { told: [] as number[], untold: [] as number[] };
    const unharmed = (link: number) => outages[link]?.length === 0;
    const calm = stage.people.filter((_, person) => unharmed(linkOf(person)));
    const calmArrivals = () => calm.reduce((sum, { arrivals: times }) => sum + times, 0);
    const calmBefore = calmArrivals();

    const returned = async (link: number, whoIsTold: boolean, seconds: number) => {
      const begun = performance.now();
      const those = stage.people.filter(
        (_, person) => linkOf(person) === link && isTold(person) === whoIsTold,
      );
      if (await happens(() => those.every(({ settled }) => settled), seconds))
        back[whoIsTold ? 'told' : 'untold'].push((performance.now() - begun) / 1000);
    };
    await Promise.all(
      outages.map(async (all, link) => {
        const tell = (event: PageEvent) => told[link]?.forEach((heard) => heard(event));
        for (const seconds of all) {
          await wait(between(stage.random, 200, 1500));
          await network.down(link);
          tell('offline');
          await wait(seconds * 1000);
          await network.up(link);
          tell('online');
          await Promise.all([returned(link, true, 60), returned(link, false, 60)]);
        }
      }),
    );
    talking.stop();
    const { findings, violated, converged } = await stage.settle(120);
    if (calmArrivals() > calmBefore) violated.push('people whose network was in order lost their line');
    return {
      did: {
        clients: stage.people.length,
        outages: outages.flat().length,
        sent: talking.sent(),
        reconnects: arrivals(stage) - before,
      },
      findings,
      violated,
      times: [
        { what: 'nothing unsent after the network came back, browser told', seconds: back.told, target: 2 },
        { what: 'nothing unsent after it came back, nobody told', seconds: back.untold, target: 30 },
        { what: 'all equal after the end', seconds: [converged], target: 2 },
      ],
    };
  },
};
