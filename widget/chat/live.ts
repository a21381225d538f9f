import { createClient } from '#client/create-client.ts';
import { uuidv7 } from '#client/ref.ts';
import { emptyState, type Pending, type State, type Thread } from '#client/state.ts';
import type { Done } from '#protocol/session.ts';
import type { Command } from '#protocol/up.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { invitation } from './invitation.ts';
import { isMissed } from './missed.ts';
import { createBell, type Bell } from './bell.ts';
import { hasUnsent, storedOutbox } from './outbox.ts';
import { sendQuietly } from './send-quietly.ts';
import { attend } from './attend.ts';
import { TEXT_LIMIT } from './text.ts';

type Details = Extract<Command, { type: 'conversation.start' }>['details'];

/** The visitor's conversation over the shared client, whether or not the panel is open. */
export type Live = {
  state: () => State;
  watch: (listener: () => void) => () => void;
  /** The newest conversation that the visitor has not left. */
  thread: () => Thread | undefined;
  /** True from the first message until its conversation is on the screen. */
  starting: () => boolean;
  /** True until it is known whether a visitor who was here before has a conversation. */
  loading: () => boolean;
  /** What the visitor wrote and the server has not confirmed, oldest first. */
  unsent: () => readonly Pending[];
  /** Whether the conversation takes no more messages: it has ended, or nobody came (VI-13). */
  over: () => boolean;
  /** Where an answer by e-mail goes, as far as the visitor has said. */
  email: () => string | null;
  bell: Bell;
  /** `departmentId`: the one that was chosen (OP-07). */
  start: (text: string, details: Details, departmentId?: string) => void;
  post: (text: string) => void;
  retry: (ref: string) => void;
  discard: (ref: string) => void;
  typing: (on: boolean) => void;
  tellEmail: (email: string) => void;
  end: () => void;
  /** Leaves a conversation that has ended, for a new one; returns what came too late for it. */
  leave: () => string;
  reconnect: () => void;
};

/** The conversation that waits: whoever comes back is shown what has become of it. */
const WAITED = 'waited';

const isMessage = ({ command }: Pending) =>
  command.type === 'message.post' || command.type === 'conversation.start';

/** What is refused stays in the outbox, where the visitor decides. */
function settled(sent: Promise<Done>, then: (done: Done) => void): void {
  sent.then(then, () => {});
}

export function startLive(bridge: Bridge): Live {
  const { store, session, opened, talking, page, language, tell } = bridge;
  const client = createClient({
    origin: location.origin,
    credential: async (renew) => ({ token: await bridge.credential(renew) }),
    storage: storedOutbox(store),
  });
  const listeners = new Set<() => void>();
  const left = new Set<string>();
  let expected: string | undefined;
  let loading = session.isKnown();

  const threads = () => [...client.getState().threads.values()];
  const thread = () =>
    threads()
      .filter((one) => one.conversation.channel === 'chat' || isMissed(one))
      .filter(({ conversation }) => !left.has(conversation.id))
      .reduce<Thread | undefined>(
        (newest, one) =>
          newest && newest.conversation.createdAt > one.conversation.createdAt ? newest : one,
        undefined,
      );
  const unsent = () => client.getState().outbox.filter(isMessage);
  const starting = () => {
    const begun = expected && !left.has(expected) && !client.getState().threads.has(expected);
    return Boolean(begun) || unsent().some(({ command }) => command.type === 'conversation.start');
  };
  const conversationId = () => thread()?.conversation.id;
  const over = () => {
    const now = thread();
    return now !== undefined && (now.conversation.state === 'closed' || isMissed(now));
  };

  const said = () => tell({ type: 'message', detail: { from: 'visitor' } });

  function begin(text: string, details: Details, departmentId?: string, begun?: () => void): void {
    const invitationId = invitation.get()?.id;
    const about = {
      page: page.get(),
      language: language.get(),
      ...(departmentId && { departmentId }),
      ...(invitationId && { invitationId }),
    };
    settled(client.send({ type: 'conversation.start', ref: uuidv7(), text, details, ...about }), (done) => {
      expected = done.conversationId;
      invitation.set(null);
      begun?.();
      said();
    });
  }

  const live: Live = {
    state: client.getState,
    watch(listener) {
      listeners.add(listener);
      const end = client.subscribe(listener);
      return () => {
        listeners.delete(listener);
        end();
      };
    },
    thread,
    starting,
    loading: () => {
      const fetched = client.getState().line !== 'connecting' || thread() !== undefined;
      return loading || (!fetched && store.get(WAITED) !== undefined);
    },
    unsent,
    over,
    email() {
      const told = client.getState().outbox.flatMap(({ command }) => {
        const email = command.type === 'details.update' && command.details.email;
        return email ? [email] : [];
      });
      return told.at(-1) ?? thread()?.conversation.visitor.email ?? null;
    },
    bell: createBell(store),
    start(text, details, departmentId) {
      begin(text, details, departmentId, () => tell({ type: 'start' }));
    },
    post(text) {
      const id = conversationId();
      // The first message is still on its way: the server adds this one to the same conversation.
      if (!id) return begin(text, {});
      settled(client.send({ type: 'message.post', ref: uuidv7(), conversationId: id, text }), said);
    },
    retry(ref) {
      if (!over()) return client.retry(ref);
      // What came too late for one conversation begins another.
      live.start(live.leave(), {});
    },
    discard: client.discard,
    typing(on) {
      const id = conversationId();
      if (id) client.typing(id, on);
    },
    tellEmail(email) {
      const id = conversationId();
      if (id)
        sendQuietly(client, {
          type: 'details.update',
          ref: uuidv7(),
          conversationId: id,
          details: { email },
        });
    },
    end() {
      const id = conversationId();
      // What operators still have to answer is not the visitor's to end.
      if (id && !over())
        sendQuietly(client, { type: 'conversation.close', ref: uuidv7(), conversationId: id });
    },
    leave() {
      const id = conversationId();
      const late = unsent().map(({ command }) => command);
      for (const { ref } of late) client.discard(ref);
      if (id) {
        left.add(id);
        store.remove(WAITED);
        client.unfollow(id);
      }
      for (const listener of listeners) listener();
      const texts = late.flatMap((command) => ('text' in command ? [command.text] : []));
      return texts.join('\n').slice(0, TEXT_LIMIT);
    },
    reconnect: client.reconnect,
  };

  function remember(now: Thread): void {
    const { id, state } = now.conversation;
    if (state !== 'waiting') store.remove(WAITED);
    else if (store.get(WAITED) !== id) store.set(WAITED, id);
  }

  let running = false;
  let told = emptyState.presence;
  // The client reads its outbox when it starts; until then only the storage knows.
  let kept = hasUnsent(store);
  function settle(): void {
    const state = client.getState();
    if (state.outbox.length > 0) kept = false;
    const now = thread();
    if (now) remember(now);
    talking.set(now ? now.conversation.state !== 'closed' : starting());
    const needed = opened.get() || talking.get() || kept || state.outbox.length > 0;
    if (needed !== running) {
      running = needed;
      if (needed) client.start();
      else client.stop();
    }
    if (state.presence === told) return;
    told = state.presence;
    bridge.look();
  }

  function known(): void {
    loading = false;
    settle();
    for (const listener of listeners) listener();
  }

  attend(bridge, client, live);
  client.subscribe(settle);
  opened.watch(settle);
  void session.open().then(
    ({ conversation }) => {
      expected = conversation?.id;
      const waited = expected ?? store.get(WAITED);
      if (waited) client.follow(waited);
      known();
    },
    // The client asks for a credential again, and shows the line as it is.
    known,
  );
  return live;
}
