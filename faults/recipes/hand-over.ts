import { setTimeout as wait } from 'node:timers/promises';
import { uuidv7 } from '#client/ref.ts';
import { behindChaos } from '../chaos-proxy.ts';
import type { Recipe } from '../recipe.ts';
import { addressOf, happens, Stage } from '../stage.ts';

type Amounts = { operators: number; chats: number; seconds: number[] };

/** s an offer holds, in this recipe. */
const ANSWER_WITHIN = 5;

/**
 * N2: operators hand their chats to each other without a pause (OC-12): offers are taken, declined, withdrawn or left
 * to their time, while one of the two has no line for as long as the offer lasts, and the server is killed. Nobody's
 * visitor may be left without an owner.
 */
export const handOver: Recipe<Amounts> = {
  id: 'N2',
  title: 'chats are handed on while lines and server die',
  short: { operators: 4, chats: 12, seconds: [4, 4] },
  long: { operators: 20, chats: 200, seconds: [60, 60, 60, 60, 60] },
  control: {
    says: 'nobody looks after offers whose time is over',
    patches: [
      {
        file: 'server/features/conversations/reconciler.ts',
        find: '  soon(accountId: string, why?: Reason): void {\n',
        replace: '  soon(accountId: string, why?: Reason): void {\n    if (accountId) return;\n',
      },
    ],
  },
  async run(ground, { operators: count, chats: visitors, seconds }) {
    await using stack = new AsyncDisposableStack();
    const { proxies, through } = behindChaos(stack);
    const stage = stack.use(await Stage.open(ground, { through }));
    const lines = new Map<number, string>();
    const gone = new Set<string>();
    const [office] = proxies as [(typeof proxies)[number]];
    office.judge((chunk, way, connection) => {
      if (way === 'down') return 'pass';
      const [, address] = /x-forwarded-for: (\S+)/i.exec(chunk.toString('latin1')) ?? [];
      if (address !== undefined) lines.set(connection, address);
      return gone.has(address ?? '') ? 'cut' : 'pass';
    });
    const account = await stage.addAccount();
    await stage.settings(account, { answerWithin: ANSWER_WITHIN });
    const operators = await Promise.all(Array.from({ length: count }, () => stage.addOperator(account)));
    const pairs = Array.from({ length: visitors }, () => stage.addVisitor(account));
    await stage.comeOnline();
    await Promise.all(pairs.map((visitor, index) => stage.begin(visitor, operators[index % count]!)));
    for (const operator of operators) operator.follows.clear();
    const working = new Set<Promise<unknown>>();
    const tasks = { offers: 0, answers: 0 };
    const say = (person: (typeof operators)[number], command: Parameters<typeof person.say>[0]) => {
      const said = person.say(command).finally(() => working.delete(said));
      working.add(said);
    };
    const turn = (): void => {
      for (const operator of operators) {
        if (operator.client.getState().outbox.length > 0) continue;
        for (const { id, desk, state, operator: owner } of operator.client
          .getState()
          .conversations.values()) {
          const common = { ref: uuidv7(), conversationId: id };
          const me = stage.idOf(operator);
          if (state === 'open' && owner?.id === me && !desk && stage.random() < 0.2) {
            const other = operators[Math.floor(stage.random() * count)]!;
            if (other === operator) continue;
            tasks.offers += 1;
            const to = { kind: 'operator' as const, id: stage.idOf(other) };
            say(operator, { type: 'conversation.transfer', ...common, to });
          } else if (owner?.id === me && desk?.transfer && stage.random() < 0.05) {
            say(operator, { type: 'transfer.cancel', ...common });
          } else if (desk?.transfer?.audience.includes(me)) {
            // One in five is left to its time.
            const dice = stage.random();
            if (dice < 0.2) continue;
            tasks.answers += 1;
            say(operator, { type: dice < 0.7 ? 'conversation.accept' : 'conversation.decline', ...common });
          }
        }
      }
    };
    const work = setInterval(turn, 100);
    const offered = () =>
      operators
        .flatMap(({ client }) => [...client.getState().conversations.values()])
        .find(({ desk }) => desk?.transfer);
    const sides = { giver: 0, taker: 0 };
    for (const [round, each] of seconds.entries()) {
      await wait(each * 1000);
      const side = round % 2 === 0 ? 'giver' : 'taker';
      let chat = offered();
      await happens(() => (chat = offered()) !== undefined, 5);
      const who = side === 'giver' ? chat?.operator?.id : chat?.desk?.transfer?.audience[0];
      const cut = operators.findIndex((operator) => stage.idOf(operator) === who);
      if (cut >= 0) {
        sides[side] += 1;
        gone.add(addressOf(cut));
        office.reset((connection) => lines.get(connection) === addressOf(cut));
        await wait((ANSWER_WITHIN + 1) * 1000);
      }
      await stage.server.kill('SIGKILL');
      gone.clear();
      await stage.everybodyOnline();
    }
    clearInterval(work);
    await Promise.all(working);
    const pending = `select conversation_id from conversations where desk -> 'transfer' <> 'null'`;
    let left = await stage.postgres.query(pending);
    const end = performance.now() + (ANSWER_WITHIN + 15) * 1000;
    while (left.length > 0 && performance.now() < end) {
      await wait(200);
      left = await stage.postgres.query(pending);
    }
    const alone = await stage.postgres.query(
      `select conversation_id from conversations where channel = 'chat' and state = 'waiting'`,
    );
    const { findings, violated, converged } = await stage.settle(30);
    for (const [side, cuts] of Object.entries(sides)) {
      if (cuts === 0) violated.push(`no ${side} of an offer was cut off`);
    }
    if (left.length > 0) violated.push(`${left.length} offers have outlived their time`);
    if (alone.length > 0)
      violated.push(`${alone.length} visitors have lost their operator though nobody was away for long`);
    return {
      did: {
        operators: count,
        chats: visitors,
        ...tasks,
        cuts: sides.giver + sides.taker,
        kills: seconds.length,
      },
      findings,
      violated,
      times: [{ what: 'all equal after the end', seconds: [converged], target: 2 }],
    };
  },
};
