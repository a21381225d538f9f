import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { testDatabase } from '../../test/database.ts';
import { makeAccount } from '../../test/factories.ts';
import type { Context } from '../../context.ts';
import { postMessage } from './post-message.ts';
import { startConversation } from './start-conversation.ts';

const LOAD = 20;

/** A visitor of an account of its own who says things. */
async function newVoice(context: Context): Promise<(text: string) => Promise<unknown>> {
  const visitor = (await makeAccount(context)).visitor();
  const more = { ref: randomUUID(), details: {}, page: null, language: 'en', browser: null };
  const { conversationId } = await startConversation(context, visitor, 'Hello', more);
  return (text) => postMessage(context, visitor, { conversationId, ref: randomUUID(), text });
}

test('E5: one account at twenty times the load of another does not push it to the end of the queue', async () => {
  await using it = await testDatabase();
  const [loud, quiet] = [await newVoice(it.context), await newVoice(it.context)];
  let unsaid = 0;
  const flood = Array.from({ length: LOAD * 500 }, async (_, number) => {
    unsaid += 1;
    await loud(String(number));
    unsaid -= 1;
  });
  const left: number[] = [];
  for (let number = 0; number < 3; number += 1) {
    await quiet(String(number));
    left.push(unsaid);
  }
  // In turn, three quiet ones are said while nearly all of the flood still waits; in order of arrival, after it.
  assert.ok(left.at(-1)! > (LOAD * 500) / 2, `of the flood were left: ${left.join(', ')}`);
  await Promise.all(flood);
});

test('E5: no statement may hold a connection for longer than fifteen seconds', async () => {
  await using it = await testDatabase();
  const { db } = it.context;
  const asked = [
    await db.unscoped.query('show statement_timeout'),
    await db.unscoped.query('show idle_in_transaction_session_timeout'),
  ];
  assert.deepEqual(
    asked.map(({ rows }) => Object.values(rows[0] as object)[0]),
    ['15s', '30s'],
  );
});
