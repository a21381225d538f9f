import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const BYTES = 24;

export const newSetupToken = (): string => randomBytes(BYTES).toString('base64url');

export const hashSetupToken = (token: string): string => createHash('sha256').update(token).digest('hex');

export const isSetupToken = (token: string, hash: string): boolean =>
  timingSafeEqual(Buffer.from(hashSetupToken(token)), Buffer.from(hash));
