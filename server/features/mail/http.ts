import { mailParams, mails } from '#protocol/mail.ts';
import { Reply, route, type Route } from '../../core/http/route.ts';
import { RateLimit } from '../../core/rate-limit.ts';
import type { Context } from '../../context.ts';
import { listMails } from './list-mails.ts';
import { retryMail } from './retry-mail.ts';
import { sendTestMail } from './send-test-mail.ts';

export function mailRoutes(context: Context): Route[] {
  const tests = new RateLimit({ perMinute: 5, burst: 5 });
  return [
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/mails',
      who: 'administrator',
      answer: mails,
      handle: ({ actor }) => listMails(context, actor),
    }),
    route({
      on: 'console',
      method: 'POST',
      path: '/v1/mails/test',
      who: 'administrator',
      handle: async ({ actor }) => {
        tests.check(actor.personId);
        return new Reply(202, await sendTestMail(context, actor));
      },
    }),
    route({
      on: 'console',
      method: 'POST',
      path: '/v1/mails/:mailId/retry',
      who: 'administrator',
      params: mailParams,
      handle: ({ actor, params: { mailId } }) => retryMail(context, actor, mailId),
    }),
  ];
}
