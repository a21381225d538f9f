import type { Client } from '#client/client.ts';
import { uuidv7 } from '#client/ref.ts';
import type { Thread } from '#client/state.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { Live } from './live.ts';
import { sendQuietly } from './send-quietly.ts';

/** Positions of the operators' messages, oldest first. */
function heard({ entries }: Thread): number[] {
  return entries
    .filter(({ sender, what }) => sender.kind === 'operator' && what.kind === 'message')
    .map(({ seq }) => seq);
}

/** What the widget does about a conversation by itself: marks, unread count, sound, events, the visitor's page. */
export function attend({ opened, page, unread, tell }: Bridge, client: Client, live: Live): void {
  let id: string | undefined;
  // Positions up to which was announced, marked and seen in the conversation `id`.
  let announced = 0;
  let marked = { delivered: 0, read: 0 };
  let seen = 0;

  function meet({ conversation }: Thread): void {
    id = conversation.id;
    announced = conversation.lastSeq;
    marked = { delivered: 0, read: 0 };
    seen = conversation.read.visitor;
    if (conversation.page?.url !== page.get()?.url) visit();
  }

  function visit(): void {
    const now = page.get();
    const thread = live.thread();
    if (!now || !thread || live.over()) return;
    const { id: conversationId } = thread.conversation;
    sendQuietly(client, { type: 'page.visit', ref: uuidv7(), conversationId, page: now });
  }

  function mark({ conversation }: Thread, last: number, kind: 'delivered' | 'read'): void {
    if (conversation[kind].visitor >= last || marked[kind] >= last || conversation.state === 'closed') return;
    marked[kind] = last;
    sendQuietly(client, {
      type: 'receipt.mark',
      ref: uuidv7(),
      conversationId: conversation.id,
      mark: kind,
      upTo: last,
    });
  }

  function look(): void {
    const thread = live.thread();
    if (thread && thread.conversation.id !== id) meet(thread);
    const all = thread ? heard(thread) : [];
    const last = all.at(-1) ?? 0;
    const watching = opened.get() && document.visibilityState === 'visible';
    if (thread) {
      if (watching) seen = Math.max(seen, last);
      mark(thread, last, watching ? 'read' : 'delivered');
      seen = Math.max(seen, thread.conversation.read.visitor);
    }
    if (last > announced) {
      for (const seq of all) if (seq > announced) tell({ type: 'message', detail: { from: 'operator' } });
      announced = last;
      if (!watching) live.bell.ring(`${id}:${last}`);
    }
    unread.set(all.filter((seq) => seq > seen).length);
  }

  client.subscribe(look);
  opened.watch(look);
  document.addEventListener('visibilitychange', look);
  page.watch(visit);
}
