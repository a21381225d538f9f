import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { email } from '#protocol/ids.ts';
import { TEXT_LIMIT as serverLimit } from '#protocol/entries.ts';
import { clean, isEmail, TEXT_LIMIT } from './text.ts';

test('a message may be as long as the server takes it', () => assert.equal(TEXT_LIMIT, serverLimit));

test('an address that the widget takes is one that the server takes', () => {
  const letters = fc.constantFrom('a', 'Z', '9', '.', '-', '_', '+', '@', "'", ' ', 'é', '.com');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.emailAddress(),
        fc.array(letters).map((all) => all.join('')),
      ),
      (text) => {
        assert.equal(isEmail(text), email.safeParse(text).success, text);
      },
    ),
    { numRuns: 3000 },
  );
});

test('nothing that the database cannot keep is sent', () => assert.equal(clean(' a\0b \n'), 'ab'));
