import {
  account,
  addDomain as addDomainBody,
  changeAccount as changeBody,
  domainParams,
  domains,
} from '#protocol/accounts.ts';
import { Reply, route, type Route } from '../../core/http/route.ts';
import type { Context } from '../../context.ts';
import { addDomain } from './add-domain.ts';
import { changeAccount } from './change-account.ts';
import { hostOf } from './host-of.ts';
import { listDomains } from './list-domains.ts';
import { accountOf } from './read-account.ts';
import { removeDomain } from './remove-domain.ts';

export function accountRoutes(context: Context): Route[] {
  const { db, presence } = context;
  return [
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/account',
      who: 'operator',
      answer: account,
      handle: ({ actor: { accountId } }) => db.inAccount(accountId, (tx) => accountOf(tx, accountId)),
    }),
    route({
      on: 'console',
      method: 'PATCH',
      path: '/v1/account',
      who: 'administrator',
      body: changeBody,
      answer: account,
      handle: ({ actor, body }) => changeAccount(context, actor, body),
    }),
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/account/domains',
      who: 'operator',
      answer: domains,
      handle: async ({ actor: { accountId } }) => ({
        domains: await db.inAccount(accountId, (tx) => listDomains(tx, accountId)),
      }),
    }),
    route({
      on: 'console',
      method: 'POST',
      path: '/v1/account/domains',
      who: 'administrator',
      body: addDomainBody,
      answer: domains,
      handle: async ({ actor: { accountId }, body: { address } }) => {
        const host = hostOf(address, 'address');
        const all = await db.inAccount(accountId, (tx) => addDomain(tx, accountId, host));
        await presence.changed(accountId);
        return new Reply(201, { domains: all });
      },
    }),
    route({
      on: 'console',
      method: 'DELETE',
      path: '/v1/account/domains/:host',
      who: 'administrator',
      params: domainParams,
      handle: async ({ actor: { accountId }, params: { host } }) => {
        await db.inAccount(accountId, (tx) => removeDomain(tx, accountId, host));
        await presence.changed(accountId);
      },
    }),
  ];
}
