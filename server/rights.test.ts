import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { OperatorActor, VisitorActor } from './core/actor.ts';
import type { Route, Who } from './core/http/route.ts';
import { acceptConversation } from './features/conversations/accept-conversation.ts';
import { allHandlers } from './features.ts';
import { commands, routes as aims } from './test/aims.ts';
import { address, closeBoundary, listenerOf, nameOf, openBoundary, routes, server } from './test/boundary.ts';
import { makeAccount } from './test/factories.ts';
import { commandRights, rights } from './test/rights.ts';
import { beginChat, call, Line, speakerOf, type Speaker } from './test/speakers.ts';
import { fingerprint, nowhere, openPage } from './test/world.ts';

type Role = 'nobody' | 'visitor' | 'person' | 'normal' | 'administrator';

let accountId: string;
let speakers: Record<Exclude<Role, 'nobody' | 'person'> | 'colleague', Speaker>;
/** Whom commands name. */
let named: Speaker;
let everybody: Record<Role, Record<string, string>>;

before(async () => {
  await openBoundary();
  const { context } = server;
  const account = await makeAccount(context);
  ({ accountId } = account);
  speakers = {
    visitor: await speakerOf(context, account.visitor()),
    normal: await speakerOf(context, await account.addOperator('normal')),
    colleague: await speakerOf(context, await account.addOperator('normal')),
    administrator: await speakerOf(context, account.administrator),
  };
  named = await speakerOf(context, await account.addOperator('normal'));
  const { 'foyer-operator': _, ...person } = speakers.administrator.headers;
  everybody = {
    nobody: {},
    visitor: speakers.visitor.headers,
    person,
    normal: speakers.normal.headers,
    administrator: speakers.administrator.headers,
  };
});
after(closeBoundary);

/** Empty cells of the table: what each role is told by a route that is not for it. */
const denied: Record<Who, Partial<Record<Role, number>>> = {
  public: {},
  visitor: { nobody: 401, person: 401, normal: 401, administrator: 401 },
  person: { nobody: 401, visitor: 401 },
  operator: { nobody: 401, visitor: 401, person: 403 },
  administrator: { nobody: 401, visitor: 401, person: 403, normal: 403 },
};

const kept = ['not_allowed', 'taken'];
const refusals = { visitor: kept, normal: kept, colleague: [...kept, 'not_found'], administrator: kept };

describe('B5 OP-02: the table of rights', () => {
  test('is what the routes and the commands say of themselves', () => {
    assert.deepEqual(Object.fromEntries(routes.map((route) => [nameOf(route), route.who])), rights);
    assert.deepEqual(
      Object.keys(allHandlers(server.context)).toSorted(),
      Object.keys(commandRights).toSorted(),
    );
  });

  test('has no empty cell behind which something happens, on any route', async () => {
    const untouched = await fingerprint(server.context, accountId);
    let cells = 0;
    for (const route of routes) {
      const { path, body } = aimOf(route);
      for (const [role, status] of Object.entries(denied[rights[nameOf(route)]!])) {
        const origin = server.url[listenerOf(route)];
        const answer = await call(server, listenerOf(route), route.method, path, {
          headers: { ...everybody[role as Role], origin },
          ...(route.body && { body: body ?? {} }),
        });
        assert.equal(answer.status, status, `${nameOf(route)} as ${role}: ${answer.text}`);
        cells += 1;
      }
    }
    assert.ok(cells >= 60, `${cells} cells`);
    assert.deepEqual(await fingerprint(server.context, accountId), untouched);
  });

  for (const [type, allowed] of Object.entries(commandRights)) {
    test(`is kept by ${type}`, async () => {
      const other = await Line.open(server, named);
      const { operatorId } = named.actor as OperatorActor;
      for (const role of ['visitor', 'normal', 'colleague', 'administrator'] as const) {
        const { conversationId, line: visitor } = await openChat();
        const line = role === 'visitor' ? visitor : await Line.open(server, speakers[role]);
        const visitId = openPage(server.context, anotherVisitor(), null, 'Page');
        const frame = commands[type]!.frame({ ...nowhere(), conversationId, visitId, operatorId });
        if (commands[type]!.answer === 'unanswered') {
          line.send(frame);
          assert.ok(allowed.includes(role), 'nobody is kept from what is not answered');
        } else {
          const answer = await line.command(frame);
          if (allowed.includes(role)) assert.equal(answer.type, 'done', `${role}: ${JSON.stringify(answer)}`);
          else
            assert.ok(
              answer.type === 'refused' && refusals[role].includes(answer.code),
              `${role}: ${JSON.stringify(answer)}`,
            );
        }
        await Promise.all([...new Set([line, visitor])].map((one) => one.close()));
      }
      await other.close();
    });
  }
});

/** As well aimed as it can be without naming anything that is there. */
function aimOf(route: Route): { path: string; body?: object } {
  const aim = aims[nameOf(route)];
  assert.ok(aim, nameOf(route));
  if ('aimed' in aim) return aim.aimed(nowhere());
  return { path: route.path, ...('own' in aim && aim.own()) };
}

const anotherVisitor = (): VisitorActor => ({
  ...(speakers.visitor.actor as VisitorActor),
  visitorId: randomUUID(),
});

/** A chat of a new visitor that the normal operator has taken. */
async function openChat(): Promise<{ conversationId: string; line: Line }> {
  const { conversationId, line } = await beginChat(server, await speakerOf(server.context, anotherVisitor()));
  await acceptConversation(
    server.context,
    speakers.normal.actor as OperatorActor,
    conversationId,
    randomUUID(),
  );
  return { conversationId, line };
}

test('C6: a name in a header opens nothing: only our own sessions and tokens do', async () => {
  const { personId } = speakers.administrator.actor as OperatorActor;
  const { operatorId } = speakers.administrator.hello;
  const names = [operatorId!, personId, `${operatorId}@example.com`, 'admin', 'administrator'];
  const headers = [
    'x-remote-user',
    'remote-user',
    'remote_user',
    'x-forwarded-user',
    'x-forwarded-email',
    'x-auth-user',
    'x-auth-request-user',
    'x-auth-request-email',
    'x-user',
    'x-user-id',
    'x-authenticated-user',
    'x-webauth-user',
    'x-foyer-address',
    'x-ssl-client-s-dn',
    'x-original-url',
    'x-rewrite-url',
    'x-http-method-override',
  ];
  for (const route of routes.filter(({ who }) => who !== 'public')) {
    for (const name of names) {
      const claimed = Object.fromEntries(headers.map((header) => [header, name]));
      const answer = await call(
        server,
        listenerOf(route),
        route.method,
        route.path.replace(/:\w+/, randomUUID()),
        {
          headers: {
            ...claimed,
            'x-forwarded-for': address(),
            origin: server.url[listenerOf(route)],
            'foyer-operator': operatorId!,
          },
          ...(route.body && { body: {} }),
        },
      );
      assert.equal(answer.status, 401, `${nameOf(route)}: ${answer.text}`);
    }
  }
});
