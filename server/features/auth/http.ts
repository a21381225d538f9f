import {
  askForReset as askForResetBody,
  changePassword as changePasswordBody,
  me,
  redeemReset as redeemResetBody,
  redeemVerification as redeemVerificationBody,
  sessionParams,
  sessions,
  setUp as setUpBody,
  setupState,
  signIn as signInBody,
  verifiedEmail,
} from '#protocol/auth.ts';
import { Reply, route, type Route } from '../../core/http/route.ts';
import { RateLimit } from '../../core/rate-limit.ts';
import type { Context } from '../../context.ts';
import { changePassword } from './change-password.ts';
import { endSession } from './end-session.ts';
import { listSessions } from './list-sessions.ts';
import { readMe } from './read-me.ts';
import { askForReset, redeemReset } from './reset-password.ts';
import { setUp, setupNeeded } from './set-up.ts';
import { createSignIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { askAgain, redeemVerification } from './verify-email.ts';

export function authRoutes(context: Context): Route[] {
  const signIn = createSignIn(context);
  // Who found an open session must not find the password too.
  const guesses = new RateLimit({ perMinute: 10 / 15, burst: 10 });
  // Counted by what was typed, whether it is anybody's or not (C1).
  const resets = new RateLimit({ perMinute: 3 / 60, burst: 3 });
  const verifications = new RateLimit({ perMinute: 3 / 60, burst: 3 });
  return [
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/setup',
      who: 'public',
      answer: setupState,
      handle: async () => ({ needed: await setupNeeded(context) }),
    }),
    route({
      on: 'console',
      method: 'POST',
      path: '/v1/setup',
      who: 'public',
      perMinute: 20,
      body: setUpBody,
      answer: me,
      handle: async ({ body, request }) => {
        const opened = await setUp(context, body, request);
        return new Reply(201, opened.me, opened.lines);
      },
    }),
    route({
      on: 'console',
      method: 'POST',
      path: '/v1/session',
      who: 'public',
      body: signInBody,
      answer: me,
      handle: async ({ body, request }) => {
        const opened = await signIn(body, request);
        return new Reply(200, opened.me, opened.lines);
      },
    }),
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/session',
      who: 'person',
      answer: me,
      // Every start of the console comes by here, so this is where a session in use is prolonged.
      handle: async ({ actor, request }) => {
        const lines = await context.auth.prolong(request.headers);
        return new Reply(200, await readMe(context, actor.personId), lines);
      },
    }),
    route({
      on: 'console',
      method: 'DELETE',
      path: '/v1/session',
      who: 'person',
      handle: async ({ actor }) => new Reply(204, undefined, await signOut(context, actor)),
    }),
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/person/sessions',
      who: 'person',
      answer: sessions,
      handle: ({ actor }) => listSessions(context, actor),
    }),
    route({
      on: 'console',
      method: 'DELETE',
      path: '/v1/person/sessions/:sessionId',
      who: 'person',
      params: sessionParams,
      handle: ({ actor, params: { sessionId } }) => endSession(context, actor, sessionId),
    }),
    route({
      on: 'console',
      method: 'POST',
      path: '/v1/person/password',
      who: 'person',
      body: changePasswordBody,
      handle: async ({ actor, body }) => {
        guesses.check(actor.personId);
        await changePassword(context, actor, body);
      },
    }),
    route({
      on: 'console',
      method: 'POST',
      path: '/v1/password-reset',
      who: 'public',
      perMinute: 30,
      body: askForResetBody,
      handle: async ({ body: { email } }) => {
        resets.check(email.toLowerCase());
        return new Reply(202, await askForReset(context, email));
      },
    }),
    route({
      on: 'console',
      method: 'POST',
      path: '/v1/password-reset/redeem',
      who: 'public',
      perMinute: 20,
      body: redeemResetBody,
      answer: me,
      handle: async ({ body, request }) => {
        const opened = await redeemReset(context, body, request);
        return new Reply(200, opened.me, opened.lines);
      },
    }),
    route({
      on: 'console',
      method: 'POST',
      path: '/v1/person/email-verification',
      who: 'person',
      handle: async ({ actor }) => {
        verifications.check(actor.personId);
        return new Reply(202, await askAgain(context, actor));
      },
    }),
    route({
      on: 'console',
      method: 'POST',
      path: '/v1/email-verification/redeem',
      who: 'public',
      perMinute: 20,
      body: redeemVerificationBody,
      answer: verifiedEmail,
      handle: ({ body }) => redeemVerification(context, body.token),
    }),
  ];
}
