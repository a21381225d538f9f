import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Client } from '#client/client.ts';
import type { Thread } from '#client/state.ts';
import type { Page } from '#protocol/entries.ts';
import type { Command } from '#protocol/up.ts';
import type { ToPage } from '../port.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { cell } from '../bridge/cell.ts';
import { attend } from './attend.ts';
import type { Live } from './live.ts';

let visible: boolean;
let sent: Command[];
let told: ToPage[];
let rings: number;
let thread: Thread | undefined;
let changed: () => void;
let bridge: Pick<Bridge, 'opened' | 'page' | 'unread'>;

const page = (path: string): Page => ({ url: `https://a.example/${path}`, title: path });

/** A conversation in which the visitor wrote first, and the operator `answers` times. */
function conversation(answers: number, on: Page | null = page('one')): Thread {
  const none = { visitor: 1, operator: 0 };
  const entries = Array.from({ length: answers + 1 }, (_, index) => ({
    seq: index + 1,
    at: '2026-03-04T12:00:00.000Z',
    sender: { kind: index === 0 ? 'visitor' : 'operator', id: 'x' },
    what: { kind: 'message', text: 'x' },
  }));
  const state = { id: 'c', state: 'open', lastSeq: entries.length, read: none, delivered: none, page: on };
  return { conversation: state, entries, complete: true, typing: false } as unknown as Thread;
}

function show(next: Thread): void {
  thread = next;
  changed();
}

const marks = () =>
  sent.flatMap((command) => (command.type === 'receipt.mark' ? [[command.mark, command.upTo]] : []));
const visits = () => sent.flatMap((command) => (command.type === 'page.visit' ? [command.page.title] : []));

beforeEach(() => {
  visible = true;
  sent = [];
  told = [];
  rings = 0;
  thread = undefined;
  bridge = { opened: cell(false), page: cell<Page | null>(page('one')), unread: cell(0) };
  const document = {
    get visibilityState() {
      return visible ? 'visible' : 'hidden';
    },
    addEventListener: () => {},
  };
  Object.assign(globalThis, { document });
  const client = {
    subscribe: (listener: () => void) => {
      changed = listener;
    },
    send: async (command: Command) => void sent.push(command),
  } as unknown as Client;
  const over = () => thread?.conversation.state === 'closed';
  const live = { thread: () => thread, over, bell: { ring: () => (rings += 1) } } as unknown as Live;
  attend({ ...bridge, tell: (message: ToPage) => void told.push(message) } as Bridge, client, live);
});

test('an answer while the panel is closed is delivered, counted and rung for', () => {
  show(conversation(0));
  show(conversation(2));
  assert.deepEqual(marks(), [['delivered', 3]]);
  assert.equal(bridge.unread.get(), 2);
  assert.equal(rings, 1);
  assert.equal(told.filter(({ type }) => type === 'message').length, 2);
});

test('opening the panel reads, once', () => {
  show(conversation(2));
  bridge.opened.set(true);
  changed();
  changed();
  assert.deepEqual(marks(), [
    ['delivered', 3],
    ['read', 3],
  ]);
  assert.equal(bridge.unread.get(), 0);
});

test('an open panel on a hidden page has not been read', () => {
  visible = false;
  bridge.opened.set(true);
  show(conversation(1));
  assert.deepEqual(marks(), [['delivered', 2]]);
  assert.equal(bridge.unread.get(), 1);
});

test('what was there before is counted, but neither announced nor rung for again', () => {
  show(conversation(3));
  assert.equal(bridge.unread.get(), 3);
  assert.equal(rings, 0);
  assert.deepEqual(told, []);
});

test('a page is told when the visitor goes there, and another tab does not take it back', () => {
  show(conversation(0));
  assert.deepEqual(visits(), []);
  bridge.page.set(page('two'));
  assert.deepEqual(visits(), ['two']);
  // The other tab says where it is.
  show(conversation(1, page('three')));
  show(conversation(2, page('three')));
  assert.deepEqual(visits(), ['two']);
});

test('a new page load with an open conversation is told', () => {
  show(conversation(0, page('before')));
  assert.deepEqual(visits(), ['one']);
});
