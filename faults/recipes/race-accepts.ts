import { uuidv7 } from '#client/ref.ts';
import type { Recipe } from '../recipe.ts';
import { firstMessage, Stage } from '../stage.ts';

type Amounts = { operators: number; chats: number };

/** R10: all operators take the same chat at once, chat after chat; in the middle the server is killed. */
export const raceAccepts: Recipe<Amounts> = {
  id: 'R10',
  title: 'all operators accept the same chats at once',
  short: { operators: 8, chats: 30 },
  long: { operators: 50, chats: 1000 },
  control: {
    says: 'look whether it is free, then write',
    patches: [
      {
        file: 'server/features/conversations/accept-conversation.ts',
        find: 'return appendWith(context, key, said, (tx, conversation) => checkCapacity(tx, actor, conversation));',
        replace: `return context.conversations.read(key).then((seen) => {
    if (seen) decideAccept(actor)(seen);
    const joined = { kind: 'joined' as const, operator: { id: actor.operatorId, name: actor.name } };
    return appendWith(context, key, { ...said, decide: () => [joined] }, async () => undefined);
  });`,
      },
    ],
  },
  async run(ground, { operators: count, chats }) {
    await using stage = await Stage.open(ground);
    const account = await stage.addAccount();
    const operators = await Promise.all(Array.from({ length: count }, () => stage.addOperator(account)));
    const visitors = Array.from({ length: chats }, () => stage.addVisitor(account));
    await stage.comeOnline();
    const winners: number[] = [];
    let returned = 0;
    for (const [index, visitor] of visitors.entries()) {
      const conversationId = (await visitor.say(firstMessage('Is anybody there?')))?.conversationId ?? '';
      visitor.follows.add(conversationId);
      const race = operators.map((operator) =>
        operator.say({ type: 'conversation.accept', ref: uuidv7(), conversationId }),
      );
      if (index === Math.floor(chats / 2)) {
        await stage.server.kill('SIGKILL');
        returned = await stage.everybodyOnline();
      }
      const won = (await Promise.all(race)).flatMap((done, place) => (done ? [operators[place]!] : []));
      winners.push(won.length);
      for (const operator of won.slice(0, 1)) {
        operator.client.follow(conversationId);
        operator.follows.add(conversationId);
      }
      // An operator can hold 50 threads over a reconnect.
      if (index % 40 === 39) {
        for (const operator of operators) {
          for (const id of operator.follows) operator.client.unfollow(id);
          operator.follows.clear();
        }
      }
    }
    const { findings, violated, converged } = await stage.settle(30);
    const doubles = winners.filter((won) => won !== 1).length;
    if (doubles > 0) violated.push(`${doubles} chats were not taken by exactly one operator`);
    const joined = await stage.postgres.query<{ id: string }>(
      `select conversation_id as id from entries where what->>'kind' = 'joined' group by 1 having count(*) > 1`,
    );
    if (joined.length > 0) violated.push(`${joined.length} chats were joined more than once`);
    return {
      did: { operators: count, chats, accepts: count * chats, kills: 1 },
      findings,
      violated,
      times: [
        { what: 'everybody online after the kill', seconds: [returned], target: 10 },
        { what: 'all equal after the end', seconds: [converged], target: 2 },
      ],
    };
  },
};
