import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserStorage, createStore } from './store.ts';

test('works where storage is blocked', () => {
  // Node has no localStorage, so that touching it throws, as in a frame whose storage is blocked.
  const store = createStore('k', browserStorage());
  store.set('a', '1');
  assert.equal(store.get('a'), '1');
  store.remove('a');
  assert.equal(store.get('a'), undefined);
});

test('two boxes do not see each other', () => {
  const storage = browserStorage();
  const [one, other] = [createStore('one', storage), createStore('other', storage)];
  one.set('out.2', 'b');
  one.set('out.1', 'a');
  other.set('out.3', 'c');
  assert.deepEqual(one.names('out.').sort(), ['out.1', 'out.2']);
  assert.equal(other.get('out.1'), undefined);
});
