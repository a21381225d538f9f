import type { ZodMiniType, output } from 'zod/mini';
import type { OperatorActor, PersonActor, VisitorActor } from '../actor.ts';

/** Who may call a route, deny by default: there is no route without one of these. */
export type Actors = {
  public: undefined;
  person: PersonActor;
  operator: OperatorActor;
  administrator: OperatorActor;
  visitor: VisitorActor;
};
export type Who = keyof Actors;

/** What a handler may know of the request beside its checked input. */
export type RequestInfo = {
  ip: string;
  headers: Headers;
  listener: 'console' | 'chat';
  /** Fires when the asker has gone (or has its answer). */
  signal: AbortSignal;
};

/** A handler's answer when it is more than a JSON value with status 200. */
export class Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: [string, string][];

  constructor(status: number, body: unknown, headers: [string, string][] = []) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

type Input<W extends Who, P, Q, B> = { actor: Actors[W]; params: P; query: Q; body: B; request: RequestInfo };

type Spec<W extends Who, P extends ZodMiniType, Q extends ZodMiniType, B extends ZodMiniType> = {
  /** Which listener serves it. */
  on: 'console' | 'chat' | 'both';
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/v1/things/:thingId` */
  path: string;
  who: W;
  /** Requests a minute from one address (IPv6: from one /64); default 600. */
  perMinute?: number;
  params?: P;
  query?: Q;
  body?: B;
  answer?: ZodMiniType;
  handle: (input: Input<W, output<P>, output<Q>, output<B>>) => Promise<unknown>;
};

/** A route as the listener sees it, its types checked where it was made. */
export type Route = Omit<Spec<Who, ZodMiniType, ZodMiniType, ZodMiniType>, 'handle'> & {
  handle: (input: Input<Who, unknown, unknown, unknown>) => Promise<unknown>;
};

/** Declares a route: reads cost, who, shape, work from top to bottom. */
export function route<
  W extends Who,
  P extends ZodMiniType = ZodMiniType<undefined>,
  Q extends ZodMiniType = ZodMiniType<undefined>,
  B extends ZodMiniType = ZodMiniType<undefined>,
>(spec: Spec<W, P, Q, B>): Route {
  return spec as unknown as Route;
}
