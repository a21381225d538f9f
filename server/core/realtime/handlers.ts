import type { Up } from '#protocol/up.ts';
import type { Actor } from '../actor.ts';
import type { Connection, Dispatch } from './connection.ts';

type ByType = { [M in Up as M['type']]: M };

/** What a feature may handle; `ping` is the connection's own. */
export type Handled = Exclude<Up['type'], 'ping' | 'hello'>;

/** The account and the speaker come from `actor`, never from the message. */
export type Handlers = {
  [T in Handled]: (actor: Actor, message: ByType[T], connection: Connection) => Promise<void>;
};
export type HelloHandler = (connection: Connection, message: ByType['hello']) => Promise<void>;

/** A message without a handler does not compile. */
export function createDispatch(handlers: Handlers, hello: HelloHandler): Dispatch {
  return (connection, message) => {
    if (message.type === 'hello') return hello(connection, message);
    if (!connection.actor) throw new Error('dispatched before hello');
    return run(handlers, connection.actor, message, connection);
  };
}

// Generic, so that handler and message are seen to be of one type.
function run<T extends Handled>(
  handlers: Handlers,
  actor: Actor,
  message: ByType[T],
  connection: Connection,
): Promise<void> {
  const type: T = message.type as T;
  return handlers[type](actor, message, connection);
}
