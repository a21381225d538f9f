import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Down } from '#protocol/down.ts';
import type { VisitorActor } from '../core/actor.ts';
import { createListener, type Listener } from '../core/http/listener.ts';
import { createLogger } from '../core/logger.ts';
import { createMetrics } from '../core/metrics.ts';
import type { Connection, Dispatch } from '../core/realtime/connection.ts';
import { Lines } from '../core/realtime/lines.ts';

export const URLS = { console: 'http://chat.example:8080', chat: 'http://chat.example:8081' };
const actor: VisitorActor = {
  kind: 'visitor',
  accountId: 'a',
  visitorId: 'v',
  chatboxId: 'c',
  since: new Date(0),
};

export type Bare = {
  lines: Lines;
  ports: { console: number; chat: number };
  connections: Connection[];
  stop: () => Promise<void>;
};

/** Both listeners without any feature: hello is always accepted, every command is done. */
export async function bare(): Promise<Bare> {
  const log = createLogger('silent');
  const metrics = createMetrics();
  const connections: Connection[] = [];
  const dispatch: Dispatch = async (connection, message) => {
    if (message.type === 'hello') {
      connection.actor = actor;
      connections.push(connection);
      connection.send({
        type: 'welcome',
        protocol: 1,
        epoch: 'e',
        reset: false,
        now: '',
        heartbeat: 25,
        conversation: null,
      });
    } else if ('ref' in message) connection.send({ type: 'done', ref: message.ref });
  };
  const trusted = (address: string) => address === '127.0.0.1';
  const lines = new Lines({ dispatch, beat: () => undefined, trusted, log, metrics });
  const make = async (name: 'console' | 'chat'): Promise<Listener> => {
    const settings = { name, url: URLS[name], trusted, routes: [], log, metrics };
    const nobody = async () => Promise.reject(new Error('not used'));
    const app = createListener({
      ...settings,
      authenticate: { person: nobody, operator: nobody, administrator: nobody, visitor: nobody },
    });
    lines.serve(app, name, URLS[name]);
    await app.listen({ host: '127.0.0.1', port: 0 });
    return app;
  };
  const apps = { console: await make('console'), chat: await make('chat') };
  const portOf = (app: Listener) => (app.server.address() as AddressInfo).port;
  return {
    lines,
    connections,
    ports: { console: portOf(apps.console), chat: portOf(apps.chat) },
    stop: async () => {
      await lines.drain(0);
      await Promise.all([apps.console.close(), apps.chat.close()]);
    },
  };
}

export type Upgrade = { path?: string; headers?: Record<string, string>; on?: 'console' | 'chat'; of: Bare };

/** Status of an upgrade request; 101 when it was accepted. The socket is kept only if `keep` takes it. */
export async function upgrade(
  { path = '/v1/realtime', headers = {}, on = 'chat', of }: Upgrade,
  keep?: (socket: Socket) => void,
): Promise<number> {
  const all = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    ...headers,
  };
  const asking = request({ host: '127.0.0.1', port: of.ports[on], path, headers: all, agent: false });
  asking.end();
  return new Promise((resolve, reject) => {
    asking.on('error', reject);
    asking.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asking.on('upgrade', (response, socket: Socket) => {
      if (keep) keep(socket);
      else socket.destroy();
      resolve(response.statusCode ?? 0);
    });
  });
}

export async function open(
  of: Bare,
  on: 'console' | 'chat' = 'chat',
): Promise<{ socket: WebSocket; heard: Down[]; closed: Promise<number> }> {
  const socket = new WebSocket(`ws://127.0.0.1:${of.ports[on]}/v1/realtime`, 'foyer.v1', {
    origin: URLS[on],
  });
  const heard: Down[] = [];
  socket.on('message', (data) => heard.push(JSON.parse((data as Buffer).toString()) as Down));
  socket.on('error', () => undefined);
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await once(socket, 'open');
  return { socket, heard, closed };
}
