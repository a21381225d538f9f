import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';

// OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane.
const MEMORY = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Argon2id hash as a PHC string, parameters and salt included. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, {
    memory: MEMORY,
    passes: PASSES,
    lanes: LANES,
    bytes: HASH_BYTES,
  });
  return `$argon2id$v=19$m=${MEMORY},t=${PASSES},p=${LANES}$${base64(salt)}$${base64(hash)}`;
}

/** Compares in constant time, with the parameters that the stored hash names. */
export async function verifyPassword(stored: string, password: string): Promise<boolean> {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(stored);
  if (!parts) throw new Error('a stored password is not an Argon2id PHC string');
  const [, memory, passes, lanes, salt = '', hash = ''] = parts;
  const expected = Buffer.from(hash, 'base64');
  const cost = {
    memory: Number(memory),
    passes: Number(passes),
    lanes: Number(lanes),
    bytes: expected.length,
  };
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64'), cost), expected);
}

type Cost = { memory: number; passes: number; lanes: number; bytes: number };

function derive(password: string, nonce: Buffer, { memory, passes, lanes, bytes }: Cost): Promise<Buffer> {
  // The same letters typed on another keyboard may come in another Unicode form.
  const message = password.normalize('NFKC');
  const parameters = { message, nonce, memory, passes, parallelism: lanes, tagLength: bytes };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, hash) => (error ? reject(error) : resolve(hash)));
  });
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
