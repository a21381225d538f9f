import type { Visit } from '#protocol/chatboxes.ts';
import type { CallFailed, Session } from './session.ts';

const IDENTIFY = '/v1/visitor/identify';

/** What the host page says about its visitor, told to the server as soon as there is a visit. */
export type Introduction = {
  identify: (identity: string) => void;
  /** Values that are no text become text. */
  attributes: (attributes: object) => void;
  /** Tells what is not told yet. Never rejects: a chat without it is better than none. */
  tell: () => Promise<void>;
};

export function createIntroduction(session: Session): Introduction {
  const untold = new Map<string, unknown>();

  async function tellOne(path: string, body: unknown): Promise<void> {
    untold.delete(path);
    try {
      const answer = await session.post(path, body);
      // A new document holds nothing of whoever was here before.
      if (path === IDENTIFY && (await session.goOn(answer as Visit))) location.reload();
    } catch (error) {
      const { status, message } = error as CallFailed;
      if (status >= 400 && status < 500) console.warn(`Foyer: ${message}`);
      else if (!untold.has(path)) untold.set(path, body);
    }
  }

  async function tell(): Promise<void> {
    for (const [path, body] of untold) await tellOne(path, body);
  }

  function later(path: string, body: unknown): void {
    untold.set(path, body);
    if (session.isKnown()) void tell();
  }

  return {
    identify: (identity) => later(IDENTIFY, { identity }),
    attributes(given) {
      const attributes = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, String(value)]),
      );
      later('/v1/visitor/attributes', { attributes });
    },
    tell,
  };
}
