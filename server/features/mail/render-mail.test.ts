import assert from 'node:assert/strict';
import { test } from 'node:test';
import { polyglots } from '../../test/polyglots.ts';
import type { MailContent } from './content.ts';
import { renderHtml, renderText } from './render-mail.ts';

const linkOf = ({ path }: { path: string }): string => `https://foyer.example${path}`;

/** The same text in every place that people can fill. */
const content = (text: string): MailContent => ({
  brand: text,
  title: text,
  blocks: [
    { kind: 'text', text },
    { kind: 'quote', text },
    { kind: 'facts', facts: [[text, text]] },
    { kind: 'link', label: text, path: '/' },
  ],
  why: text,
});

const tagsOf = (html: string): string[] => (html.match(/<[^>]*>/g) ?? []).filter((tag) => tag !== '<br>');
const own = tagsOf(renderHtml(content('innocent'), linkOf));

test('A8: nothing is fetched when somebody reads it', () => {
  const html = renderHtml(content('innocent'), linkOf);
  assert.doesNotMatch(
    html,
    /<(?:img|link|script|iframe|object|video|audio|base|meta http)|\bsrc|url\(|@import/i,
  );
});

test('A8: no tag and no attribute comes from what people wrote', () => {
  for (const text of polyglots) {
    const html = renderHtml(content(text), linkOf);
    assert.deepEqual(tagsOf(html), own, text);
  }
});

test('A3: placeholders of any template language stand as they were written, in both parts', () => {
  for (const text of [
    '{{7*7}}',
    '${7*7}',
    '<%= 7*7 %>',
    '#{7*7}',
    '{secret}',
    '%s %d',
    '$& $1 $$',
    '[[token]]',
  ]) {
    assert.ok(renderText(content(text), linkOf).includes(`> ${text}\n`), text);
    const shown = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    assert.ok(renderHtml(content(text), linkOf).includes(`<p>${shown}</p>`), text);
  }
});

test('A8: what others wrote cannot pass for our words in the text part: each line is quoted', () => {
  const text = renderText(
    { brand: 'B', title: 'T', why: 'W', blocks: [{ kind: 'quote', text: 'a\r\n-- \rb\u2028c\n\nd' }] },
    linkOf,
  );
  assert.equal(text, 'T\n\n> a\n> --\n> b\n> c\n>\n> d\n\n-- \nB\nW\n');
});

const ends = ['\n', '\r', '\r\n', '\v', '\f', '\u0085', '\u2028', '\u2029'];

test('A8: what others wrote begins no line of ours, whatever is taken for the end of one', () => {
  for (const end of ends) {
    const text = renderText(content(`Vera${end}E-mail: evil@example.org`), linkOf);
    const begun = text.split(/[\n\v\f\r\u0085\u2028\u2029]/).filter((line) => line.startsWith('E-mail'));
    assert.deepEqual(begun, [], JSON.stringify(end));
    const html = renderHtml(content(`Vera${end}E-mail: evil@example.org`), linkOf);
    assert.equal(html.match(/<br>/g)?.length, 1, `only in the quote: ${JSON.stringify(end)}`);
  }
});

test('A8: a name turns nothing of our sentence around, and no control reaches a terminal', () => {
  const told = content('a\u202eb\u2066c\u001b[31md\u0000');
  for (const part of [renderText(told, linkOf), renderHtml(told, linkOf)]) {
    for (const control of ['\u0000', '\u001b']) assert.ok(!part.includes(control));
    assert.equal(part.match(/\u202e/g)?.length, 1, 'only in the quote, which is a paragraph of its own');
  }
});
