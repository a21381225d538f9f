/**
 * The reference: a bare `ws` relay with group commit of the same row into the same PostgreSQL, and nothing else. No
 * tenancy, no policy, no projection, no resume. What Foyer takes longer than this is the price of what it does.
 */
import { createServer } from 'node:http';
import pg from 'pg';
import { WebSocketServer, type WebSocket } from 'ws';

type Row = { chat: string; seq: number; sender: string; ref: string; at: string; what: unknown };
type Waiting = { row: Row; done: () => void };

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 4 });
await pool.query(`create table if not exists relay (chat uuid, seq int, at timestamptz, sender uuid, ref uuid, what jsonb,
  primary key (chat, seq))`);

const chats = new Map<string, { seq: number; lines: Set<WebSocket> }>();
const queue: Waiting[] = [];
let running = false;

async function run(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  while (queue.length > 0) {
    const batch = queue.splice(0, 500);
    await pool.query({
      name: 'insert',
      text: `insert into relay select * from json_to_recordset($1::json)
        as r(chat uuid, seq int, at timestamptz, sender uuid, ref uuid, what jsonb)`,
      values: [JSON.stringify(batch.map(({ row }) => row))],
    });
    for (const { done } of batch) done();
  }
  running = false;
}

function commit(row: Row, done: () => void): void {
  queue.push({ row, done });
  if (running) return;
  running = true;
  void run();
}

const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as {
      type: string;
      chats?: string[];
      chat: string;
      sender: string;
      ref: string;
      text: string;
    };
    if (message.type === 'hello') {
      for (const id of message.chats ?? []) {
        const chat = chats.get(id) ?? { seq: 0, lines: new Set() };
        chats.set(id, chat);
        chat.lines.add(socket);
      }
      socket.send('{"type":"welcome"}');
      return;
    }
    const chat = chats.get(message.chat);
    if (!chat) return;
    const { ref, sender, text } = message;
    const row: Row = {
      chat: message.chat,
      seq: (chat.seq += 1),
      sender,
      ref,
      at: new Date().toISOString(),
      what: { kind: 'message', text },
    };
    commit(row, () => {
      socket.send(JSON.stringify({ type: 'done', ref, seq: row.seq }));
      const frame = JSON.stringify({ type: 'entries', entries: [row] });
      for (const line of chat.lines) if (line !== socket) line.send(frame);
    });
  });
});
server.listen(Number(process.env['PORT']), '127.0.0.1', () => process.send?.('ready'));
process.on('message', () => process.send?.({ rss: process.memoryUsage.rss(), cpu: process.cpuUsage() }));
process.on('disconnect', () => process.exit(0));
