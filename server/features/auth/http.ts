import {
  changePassword as changePasswordBody,
  me,
  sessionParams,
  sessions,
  setUp as setUpBody,
  setupState,
  signIn as signInBody,
} from '#protocol/auth.ts';
import { Reply, route, type Route } from '../../core/http/route.ts';
import { RateLimit } from '../../core/rate-limit.ts';
import type { Context } from '../../context.ts';
import { changePassword } from './change-password.ts';
import { endSession } from './end-session.ts';
import { listSessions } from './list-sessions.ts';
import { readMe } from './read-me.ts';
import { setUp, setupNeeded } from './set-up.ts';
import { createSignIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';

export function authRoutes(context: Context): Route[] {
  const signIn = createSignIn(context);
  // Who found an open session must not find the password too.
  const guesses = new RateLimit({ perMinute: 10 / 15, burst: 10 });
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
  ];
}
