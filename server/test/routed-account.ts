import type { ChatboxSettings } from '#protocol/chatboxes.ts';
import type { OperatorActor } from '../core/actor.ts';
import type { Context } from '../context.ts';
import { addDomain } from '../features/accounts/add-domain.ts';
import { changeChatbox } from '../features/chatboxes/change-chatbox.ts';
import { addDepartment } from '../features/routing/add-department.ts';
import { changeSettings } from '../features/routing/change-settings.ts';
import { putRule } from '../features/routing/put-rule.ts';
import { makeAccount, type TestAccount } from './factories.ts';

/** The account's own domain. */
export const host = 'shop.example';

export type RoutedAccount = { account: TestAccount; anna: OperatorActor; bela: OperatorActor };

/**
 * An account that has chosen everything there is about who gets a visitor: hours, languages, a limit, and two operators
 * who are there, each with a page and a department of its own. Nobody is left without an answer.
 */
export async function routedAccount(
  context: Context,
  whenOffline: ChatboxSettings['whenOffline'],
): Promise<RoutedAccount> {
  const account = await makeAccount(context);
  const { accountId, administrator } = account;
  const [anna, bela] = [await account.addOperator('normal'), await account.addOperator('normal')];
  await context.db.inAccount(accountId, (tx) => addDomain(tx, accountId, host));
  const { chatboxId } = account.visitor();
  await changeChatbox(context, administrator, chatboxId, { settings: { whenOffline } });
  const week = Array.from({ length: 7 }, () => [{ from: '00:00', to: '24:00' }]);
  await changeSettings(context, administrator, {
    languages: ['en', 'fr'],
    urlRouting: true,
    combine: true,
    capacity: 1,
    hours: { timeZone: 'Europe/Zagreb', week, exceptions: [] },
  });
  for (const [operator, name, address] of [
    [anna, 'Sales', `${host}/shoes`],
    [bela, 'Help', `${host}/help`],
  ] as const) {
    const operators = [operator.operatorId];
    await addDepartment(context, administrator, { name, operators });
    await putRule(context, administrator, undefined, { address, operators });
  }
  for (const operator of [anna, bela]) await context.presence.arrived(operator);
  return { account, anna, bela };
}
