import { uuidv7 } from '#client/ref.ts';
import { pick } from './random.ts';
import type { Chat, Stage } from './stage.ts';

const TICK = 10;
/** One in so many messages is followed by a mark "read up to here". */
const READS = 20;
/** Who has so many lines unsent waits, as people do. */
const MOST_UNSENT = 20;

export type Talk = {
  sent: () => number;
  /** Ends the talking; what was said may still be on its way. */
  stop: () => void;
};

/** Both sides of the chats write, `perSecond` messages together that end with `more`, whatever becomes of them. */
export function talk({ random }: Stage, chats: readonly Chat[], perSecond: number, more = ''): Talk {
  const begun = performance.now();
  let due = 0;
  let sent = 0;
  const timer = setInterval(() => {
    const now = ((performance.now() - begun) / 1000) * perSecond;
    for (; due < now; due += 1) {
      const { id: conversationId, visitor, operator } = pick(random, chats);
      const writer = random() < 0.5 ? visitor : operator;
      if (writer.client.getState().outbox.length >= MOST_UNSENT) continue;
      sent += 1;
      const text = `message ${sent}${more}`;
      void writer.say({ type: 'message.post', ref: uuidv7(), conversationId, text });
      const upTo = writer.client.getState().threads.get(conversationId)?.conversation.lastSeq ?? 0;
      if (sent % READS === 0 && upTo > 0) {
        void writer.say({ type: 'receipt.mark', ref: uuidv7(), conversationId, mark: 'read', upTo });
      }
    }
  }, TICK);
  return { sent: () => sent, stop: () => clearInterval(timer) };
}

/** Seconds until a new message of every visitor is acknowledged. */
export function acknowledged(chats: readonly Chat[]): Promise<number[]> {
  const begun = performance.now();
  const said = chats.map(async ({ id: conversationId, visitor }) => {
    await visitor.say({ type: 'message.post', ref: uuidv7(), conversationId, text: 'Are you back?' });
    return (performance.now() - begun) / 1000;
  });
  return Promise.all(said);
}
