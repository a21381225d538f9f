import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { uuidv7 } from '#client/ref.ts';
import { behindChaos } from '../chaos-proxy.ts';
import type { Recipe } from '../recipe.ts';
import { Stage } from '../stage.ts';
import { talk } from '../talk.ts';

type Amounts = { chats: number; perSecond: number; seconds: number; tabs: number };

/** Share of the server's answers that never arrive. */
const SWALLOWED = 0.3;

/** R8: answers lost after the commit, one command from many tabs at once, and again after a restart. */
export const repeatSends: Recipe<Amounts> = {
  id: 'R8',
  title: 'the same send again and again',
  short: { chats: 60, perSecond: 60, seconds: 8, tabs: 50 },
  long: { chats: 200, perSecond: 100, seconds: 300, tabs: 50 },
  control: {
    says: 'nothing keeps a ref from being stored twice',
    patches: [
      {
        file: 'server/migrations/0001-foundation.sql',
        find: 'create unique index entries_ref on',
        replace: 'create index entries_ref on',
      },
      // The index alone is not missed: a repeat is looked for before, under the conversation's lock.
      {
        file: 'server/unscoped/append-entries.ts',
        find: ') e where e.conversation_id = i.conversation_id',
        replace: ') e where false',
      },
    ],
  },
  async run(ground, { chats: visitors, perSecond, seconds, tabs }) {
    let swallowed = 0;
    await using stack = new AsyncDisposableStack();
    const { proxies, through } = behindChaos(stack);
    const stage = stack.use(await Stage.open(ground, { through }));
    const chats = await stage.fill({ accounts: 2, operators: 8, visitors });
    for (const proxy of proxies) {
      proxy.judge((chunk, way) => {
        if (way !== 'down' || !chunk.includes('"type":"done"') || stage.random() > SWALLOWED) return 'pass';
        swallowed += 1;
        return 'cut';
      });
    }
    const talking = talk(stage, chats, perSecond);
    await wait(seconds * 1000);
    talking.stop();
    for (const proxy of proxies) proxy.judge(() => 'pass');

    // One visitor in many tabs, each with the same command in its outbox.
    const account = await stage.addAccount();
    const visitor = account.visitor();
    const first = await stage.begin(stage.addVisitor(account, visitor), await stage.addOperator(account));
    const all = Array.from({ length: tabs }, () => stage.addVisitor(account, visitor));
    await stage.comeOnline();
    const say = { type: 'message.post' as const, ref: uuidv7(), conversationId: first.id, text: 'once' };
    const positions = new Set((await Promise.all(all.map((tab) => tab.say(say)))).map((done) => done?.seq));
    await stage.server.kill('SIGKILL');
    await stage.server.serving();
    const late = stage.addVisitor(account, visitor);
    late.client.start();
    positions.add((await late.say(say))?.seq);
    // As another client might write it.
    positions.add((await late.say({ ...say, ref: say.ref.toUpperCase() }))?.seq);
    const other = await late.say({ ...say, ref: randomUUID() });

    const { findings, violated, converged } = await stage.settle(90);
    if (positions.size !== 1) violated.push(`one send was acknowledged at ${[...positions].join(' and ')}`);
    if (other?.seq === undefined || positions.has(other.seq))
      violated.push('another ref was taken for a repeat');
    return {
      did: { clients: stage.people.length, sent: talking.sent(), 'answers swallowed': swallowed, tabs },
      findings,
      violated,
      times: [{ what: 'all equal after the end', seconds: [converged], target: 10 }],
    };
  },
};
