import { setTimeout as wait } from 'node:timers/promises';
import { uuidv7 } from '#client/ref.ts';
import type { Recipe } from '../recipe.ts';
import { firstMessage, Stage } from '../stage.ts';

type Amounts = { operators: number; capacity: number; perSecond: number; seconds: number };

/** ms after which a chat that nobody has, and that is not in the queue, would be an orphan (reliability.md R10). */
const LOOK_MS = 500;

/** s until the chats of the dead must be elsewhere: longer than short-absence.ts lets them keep them, and a sweep. */
const LEFT_ALONE = 60;

/**
 * R10 with limits: more visitors come than the operators may take. The queue rings one operator after the other while
 * they all take whatever they see; some end chats, which makes room, and some die with what they have not answered.
 */
export const fullHands: Recipe<Amounts> = {
  id: 'R10L',
  title: 'more visitors than the operators may take',
  short: { operators: 8, capacity: 3, perSecond: 20, seconds: 3 },
  long: { operators: 50, capacity: 3, perSecond: 200, seconds: 30 },
  control: {
    says: 'the limit is looked at before the chat is taken, not while it is',
    patches: [
      {
        file: 'server/features/conversations/accept-conversation.ts',
        find: 'return appendWith(context, key, said, (tx, conversation) => checkCapacity(tx, actor, conversation));',
        replace: `return context.db
    .inAccount(actor.accountId, (tx) => checkCapacity(tx, actor, { channel: 'chat' }))
    .then(() => new Promise((resolve) => setTimeout(resolve, 50)))
    .then(() => appendWith(context, key, said, async () => undefined));`,
      },
    ],
  },
  async run(ground, { operators: count, capacity, perSecond, seconds }) {
    const env = { NODE_OPTIONS: `--import=${new URL('../short-absence.ts', import.meta.url).href}` };
    await using stage = await Stage.open(ground, { env });
    const account = await stage.addAccount();
    await stage.settings(account, { capacity, distribution: 'round-robin', answerWithin: 5 });
    const operators = await Promise.all(Array.from({ length: count }, () => stage.addOperator(account)));
    const visitors = Array.from({ length: perSecond * seconds }, () => stage.addVisitor(account));
    await stage.comeOnline();
    const tried = new Map(operators.map((operator) => [operator, new Set<string>()]));
    const working: Promise<unknown>[] = [];
    let ends = 0;
    const work = setInterval(() => {
      for (const operator of operators) {
        const { conversations, line } = operator.client.getState();
        if (line !== 'online') continue;
        for (const { id, state } of conversations.values()) {
          if (state !== 'waiting' || tried.get(operator)?.has(id)) continue;
          tried.get(operator)?.add(id);
          working.push(operator.say({ type: 'conversation.accept', ref: uuidv7(), conversationId: id }));
        }
      }
    }, 20);
    let orphans = 0;
    const look = setInterval(() => {
      const text = `select conversation_id from conversations where channel = 'chat'
        and not (state = 'closed' or (state = 'open' and operator_id is not null) or (state = 'waiting' and desk is not null))`;
      void stage.postgres.query(text).then((rows) => (orphans += rows.length));
    }, LOOK_MS);
    for (const [index, visitor] of visitors.entries()) {
      working.push(visitor.say(firstMessage('Is anybody there?')));
      await wait(1000 / perSecond);
      if (index % 7 !== 6) continue;
      // A chat ends here and there, so that there is room again, and somebody else is allowed to try once more.
      const mine = operators[index % count]?.client.getState().conversations.values() ?? [];
      const owner = operators[index % count];
      const open = [...mine].find(({ state }) => state === 'open');
      if (!open || !owner) continue;
      ends += 1;
      working.push(owner.say({ type: 'conversation.close', ref: uuidv7(), conversationId: open.id }));
      for (const seen of tried.values()) seen.clear();
    }
    // Two die with whatever they were about to take, and for so long that what they have is given to others.
    const dead = operators.slice(0, 2);
    const theirs = `channel = 'chat' and state = 'open' and preview ->> 'from' = 'visitor'
      and operator_id in (${dead.map((operator) => `'${stage.idOf(operator)}'`).join()})`;
    const ask = () =>
      stage.postgres.query<{ id: string }>(`select conversation_id as id from conversations where ${theirs}`);
    const died = performance.now();
    const over = () => performance.now() - died > LEFT_ALONE * 1000;
    let had = await ask();
    while (had.length === 0 && !over()) had = await ask();
    for (const { client } of dead) client.stop();
    let kept = await ask();
    while (kept.length > 0 && !over()) {
      await wait(200);
      kept = await ask();
    }
    const bereft = (performance.now() - died) / 1000;
    for (const { client } of dead) client.start();
    await stage.everybodyOnline();
    clearInterval(work);
    clearInterval(look);
    await Promise.all(working);
    // The queue goes on ringing for ever; from here on it rings all, and comes to rest.
    await stage.settings(account, { distribution: 'ring-all' });
    const quiet = await stage.quiet(60);
    const { findings, violated, converged } = await stage.settle(30);
    if (had.length === 0) violated.push('nobody who died had a visitor');
    if (kept.length > 0) violated.push(`${kept.length} visitors still have an operator who is gone`);
    if (!quiet) violated.push('the queue has not come to rest');
    if (orphans > 0) violated.push(`${orphans} times a chat had no owner and was in no queue`);
    return {
      did: { operators: count, visitors: visitors.length, ends, deaths: dead.length, bereft: had.length },
      findings,
      violated,
      times: [
        { what: 'the visitors of the dead wait again', seconds: [bereft], target: 15 },
        { what: 'all equal after the end', seconds: [converged], target: 2 },
      ],
    };
  },
};
