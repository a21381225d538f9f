import type { Recipe } from '../recipe.ts';
import { firstMessage, Stage } from '../stage.ts';

type Amounts = { visitors: number; atOnce: number };

/** R9: two tabs of one visitor say the first word at the same moment. One server process; two are R20's business. */
export const firstMessages: Recipe<Amounts> = {
  id: 'R9',
  title: 'two first messages at once',
  short: { visitors: 150, atOnce: 50 },
  long: { visitors: 1000, atOnce: 100 },
  control: {
    says: 'whether a chat is open is looked up before the lock, and no index forbids a second',
    patches: [
      {
        file: 'server/migrations/0001-foundation.sql',
        find: 'create unique index conversations_one_open on',
        replace: 'create index conversations_one_open on',
      },
      {
        file: 'server/features/conversations/start-conversation.ts',
        find: 'const outcome = await context.db.inAccount(accountId, async (tx) => {',
        replace: `const early = await context.db.inAccount(accountId, (tx) => openOfVisitor(tx, accountId, actor.visitorId));
  const outcome = await context.db.inAccount(accountId, async (tx) => {`,
      },
      {
        file: 'server/features/conversations/start-conversation.ts',
        find: `const open = channel === 'chat' ? await openOfVisitor(tx, accountId, actor.visitorId) : undefined;`,
        replace: 'const open = early;',
      },
    ],
  },
  async run(ground, { visitors, atOnce }) {
    await using stage = await Stage.open(ground);
    const account = await stage.addAccount();
    const actors = Array.from({ length: visitors }, () => account.visitor());
    const pairs = actors.map((actor) => [stage.addVisitor(account, actor), stage.addVisitor(account, actor)]);
    await stage.comeOnline();
    let apart = 0;
    for (let from = 0; from < pairs.length; from += atOnce) {
      const said = pairs.slice(from, from + atOnce).map(async (pair) => {
        const done = await Promise.all(pair.map((tab) => tab.say(firstMessage('Hello from a tab'))));
        for (const [index, tab] of pair.entries()) tab.follows.add(done[index]?.conversationId ?? 'none');
        if (done[0]?.conversationId !== done[1]?.conversationId) apart += 1;
      });
      await Promise.all(said);
    }
    const { findings, violated, converged } = await stage.settle(60);
    if (apart > 0) violated.push(`the two tabs of ${apart} visitors are in different conversations`);
    return {
      did: { visitors, 'first messages': visitors * 2 },
      findings,
      violated,
      times: [{ what: 'all equal after the end', seconds: [converged], target: 2 }],
    };
  },
};
