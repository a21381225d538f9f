import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as z from 'zod/mini';
import { down } from './down.ts';
import { up } from './up.ts';
import { SCHEMA_HASH } from './version.ts';

test('the shape of the wire and its version change together', () => {
  const schemas = [up, down].map((schema) => z.toJSONSchema(schema, { unrepresentable: 'any' }));
  const hash = createHash('sha256').update(JSON.stringify(schemas)).digest('hex');
  assert.equal(
    hash,
    SCHEMA_HASH,
    'the wire changed: raise PROTOCOL_VERSION, say why in its history, put in this hash',
  );
});
