import type { Done } from '#protocol/session.ts';
import type { Command } from '#protocol/up.ts';
import type { Client } from '../client.ts';
import { createClient } from '../create-client.ts';
import type { PageEvent } from '../environment.ts';
import { memoryStorage, uuidv7 } from '../ref.ts';
import { createFakeBrowser } from './fake-browser.ts';
import type { FakeServer } from './fake-server.ts';

export type Attempt = { command: Command; done?: Done; failed?: Error };

/** One browser tab of one person, that can be reloaded; remembers what it tried and what it was told. */
export type Tab = {
  who: string;
  client: () => Client;
  happen: (event: PageEvent) => void;
  attempts: Attempt[];
  send: (command: Command) => void;
  reload: () => void;
  /** True once the tab has forgotten things on purpose: reloaded, or left a thread. */
  forgot: boolean;
  /** True once the server was restored from a backup. */
  restored: boolean;
  wrong: string[];
};

/** A tab that looks at every state it is given: gapless threads, no line twice, no line gone. */
export function openTab(server: FakeServer, who: string, operator: boolean, storage = memoryStorage()): Tab {
  let client: Client;
  let happen: (event: PageEvent) => void;
  let signIns = 0;
  const tab: Tab = {
    who,
    client: () => client,
    happen: (event) => happen(event),
    attempts: [],
    forgot: false,
    restored: false,
    wrong: [],
    send: (command) => {
      const attempt: Attempt = { command };
      tab.attempts.push(attempt);
      client.send(command).then(
        (done) => {
          attempt.done = done;
        },
        (error: Error) => {
          attempt.failed = error;
        },
      );
    },
    reload: () => {
      client.stop();
      tab.forgot = true;
      open();
    },
  };

  function look(): void {
    const state = client.getState();
    const lines = new Map<string, number>();
    const seen = (ref: string | undefined) => {
      if (ref !== undefined) lines.set(ref, (lines.get(ref) ?? 0) + 1);
    };
    for (const { command } of state.outbox) seen(command.ref);
    for (const [id, { entries, conversation, complete }] of state.threads) {
      const last = entries.at(-1)?.seq ?? conversation.lastSeq;
      if (last !== conversation.lastSeq)
        tab.wrong.push(`${id}: last entry ${last}, state ${conversation.lastSeq}`);
      entries.forEach((entry, index) => {
        if (entry.seq !== last - entries.length + 1 + index) tab.wrong.push(`${id}: gap before ${entry.seq}`);
        if (entry.what.kind === 'message') seen(entry.ref);
      });
      if (complete !== ((entries[0]?.seq ?? 1) === 1)) tab.wrong.push(`${id}: complete is ${complete}`);
    }
    for (const [ref, times] of lines) if (times > 1) tab.wrong.push(`${ref} is on the screen ${times} times`);
    if (tab.forgot) return;
    for (const { command, failed } of tab.attempts) {
      const visible = command.type === 'message.post' && state.threads.has(command.conversationId);
      if (visible && !failed && !lines.has(command.ref))
        tab.wrong.push(`${command.ref} is gone from the screen`);
    }
  }

  function open(): void {
    const browser = createFakeBrowser(server);
    happen = browser.happen;
    const credential = async (refresh: boolean) => {
      if (refresh) signIns += 1;
      return operator ? { operatorId: who } : { token: `${who}.${signIns}` };
    };
    client = createClient({ origin: 'http://chat.test', credential, storage }, browser.environment);
    client.subscribe(look);
    client.start();
  }

  open();
  return tab;
}

export const ref = (): string => uuidv7();
