import type { Authenticate } from './core/http/listener.ts';
import type { Route } from './core/http/route.ts';
import type { Job, Queue } from './core/jobs/queue.ts';
import type { Dispatch } from './core/realtime/connection.ts';
import { Admission } from './core/realtime/admission.ts';
import { createDispatch, type Handlers } from './core/realtime/handlers.ts';
import type { Context } from './context.ts';
import { accountRoutes } from './features/accounts/http.ts';
import { authenticateConsole } from './features/auth/authenticate.ts';
import { authRoutes } from './features/auth/http.ts';
import { resetJobs, resetQueue } from './features/auth/reset-password.ts';
import { chatboxRoutes } from './features/chatboxes/http.ts';
import { widgetPages } from './features/chatboxes/pages.ts';
import { PublishedBoxes } from './features/chatboxes/published-box.ts';
import { conversationRoutes } from './features/conversations/http.ts';
import { conversationSocket } from './features/conversations/socket.ts';
import { membershipRoutes } from './features/memberships/http.ts';
import { mailRoutes } from './features/mail/http.ts';
import { mailJobs } from './features/mail/jobs.ts';
import { mailQueue } from './features/mail/queue.ts';
import { operatorRoutes } from './features/operators/http.ts';
import { operatorSocket } from './features/operators/socket.ts';
import { routingRoutes } from './features/routing/http.ts';
import { sayHello } from './features/session/hello.ts';
import { authenticateVisitor } from './features/visitors/authenticate.ts';
import { visitorRoutes } from './features/visitors/http.ts';
import { visitorSocket } from './features/visitors/socket.ts';

/** Every route of every feature. */
export async function allRoutes(context: Context): Promise<Route[]> {
  const boxes = new PublishedBoxes(context);
  return [
    ...authRoutes(context),
    ...accountRoutes(context),
    ...operatorRoutes(context),
    ...membershipRoutes(context),
    ...chatboxRoutes(context, boxes),
    ...conversationRoutes(context),
    ...routingRoutes(context),
    ...visitorRoutes(context, boxes),
    ...mailRoutes(context),
    ...(await widgetPages(context, boxes)),
  ];
}

/** Every socket command of every feature; one that is missing does not compile. */
export function allHandlers(context: Context): Handlers {
  return { ...conversationSocket(context), ...operatorSocket(context), ...visitorSocket(context) };
}

/** Every queue of every feature. */
export const allQueues: readonly Queue[] = [mailQueue, resetQueue];

/** What this process does of them. */
export const allJobs = (context: Context): Job[] => [...mailJobs(context), ...resetJobs(context)];

export function dispatchOf(context: Context): Dispatch {
  const admission = new Admission();
  return createDispatch(allHandlers(context), (connection, hello) =>
    admission.greet(() => sayHello(context, connection, hello)),
  );
}

export function authenticateOf(context: Context): Authenticate {
  return { ...authenticateConsole(context), visitor: (headers) => authenticateVisitor(context, headers) };
}
