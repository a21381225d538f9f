import { request } from 'node:http';
import type { Socket } from 'node:net';

/** A socket after the upgrade, on which every byte is the test's own. */
export async function rawLine(port: number, headers: Record<string, string>): Promise<Socket> {
  const asking = request({
    host: '127.0.0.1',
    port,
    path: '/v1/realtime',
    agent: false,
    headers: {
      ...headers,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    },
  });
  asking.end();
  return new Promise((resolve, reject) => {
    asking.on('error', reject);
    asking.on('response', ({ statusCode }) => reject(new Error(`the upgrade was answered ${statusCode}`)));
    asking.on('upgrade', (_response, socket: Socket, head) => {
      socket.on('error', () => undefined);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
  });
}

export const opcodes = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One masked frame of a client (RFC 6455 5.2); the mask is zero, so that the bytes can be read. */
export function frameOf(opcode: number, payload: Buffer | string, fin = true): Buffer {
  const body = Buffer.from(payload);
  const first = (fin ? 0x80 : 0) | opcode;
  const mask = [0, 0, 0, 0];
  if (body.length < 126) return Buffer.concat([Buffer.from([first, 0x80 | body.length, ...mask]), body]);
  const length = [body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([first, 0xfe, ...length, ...mask]), body]);
}

/** What a server has said so far on a raw line: texts, and the code of its close frame. Server frames are not masked. */
export function framesIn(bytes: Buffer): { texts: string[]; code: number | undefined } {
  const texts: string[] = [];
  let code: number | undefined;
  let rest = bytes;
  while (rest.length >= 2) {
    const short = rest[1]! & 127;
    const start = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (rest.length < start) break;
    const length =
      short === 126 ? rest.readUInt16BE(2) : short === 127 ? Number(rest.readBigUInt64BE(2)) : short;
    if (rest.length < start + length) break;
    const body = rest.subarray(start, start + length);
    const opcode = rest[0]! & 15;
    if (opcode === opcodes.text) texts.push(body.toString());
    if (opcode === opcodes.close) code = body.length >= 2 ? body.readUInt16BE(0) : 1005;
    rest = rest.subarray(start + length);
  }
  return { texts, code };
}
