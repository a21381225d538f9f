import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../../core/errors.ts';
import { cpuMsOf } from '../../test/cpu.ts';
import {
  compareSpecificity,
  formatAddress,
  matchesAddress,
  pageOf,
  parseAddress,
  parsePage,
} from './match-address.ts';

const matches = (address: string, page: string): boolean => {
  const parts = parsePage(page);
  return parts !== null && matchesAddress(parseAddress(address), parts);
};

/** OP-09: each address, the pages that match it, and those that do not. */
const table: Record<string, { yes: string[]; no: string[] }> = {
  'shop.example': {
    yes: [
      'http://shop.example/',
      'https://shop.example',
      'https://www.shop.example/cart?x=1#y',
      'https://SHOP.example:8443/',
      'https://shop.example./',
      'https://ann:secret@shop.example/',
    ],
    no: [
      'https://blog.shop.example/',
      'https://www.www.shop.example/',
      'https://shop.example.evil.example/',
      'https://evil-shop.example/',
      'https://evil.example/shop.example',
      'https://shop.example@evil.example/',
      'https://evil.example\\@shop.example/',
      'file:///home/shop.example/index.html',
      'javascript://shop.example/%0aalert(1)',
      'no address at all',
      '',
    ],
  },
  'www.shop.example': { yes: ['http://www.shop.example/'], no: ['http://shop.example/'] },
  'WWW.Shop.Example/': { yes: ['http://www.shop.example/x'], no: ['http://shop.example/'] },
  '*.shop.example': {
    yes: ['https://a.shop.example/', 'https://a.b.shop.example/x', 'https://www.shop.example/'],
    no: ['https://shop.example/', 'https://evilshop.example/', 'https://a.shop.example.evil.example/'],
  },
  'https://*.shop.example/de': {
    yes: ['https://a.shop.example/de/x'],
    no: ['http://a.shop.example/de', 'https://a.shop.example/en'],
  },
  'https://shop.example': {
    yes: ['https://shop.example/', 'https://shop.example:8443/'],
    no: ['http://shop.example/'],
  },
  'http://shop.example': { yes: ['http://shop.example/'], no: ['https://shop.example/'] },
  '//shop.example': { yes: ['http://shop.example/', 'https://shop.example/'], no: [] },
  'shop.example:443': {
    yes: ['https://shop.example/'],
    no: ['http://shop.example/', 'https://shop.example:8443/'],
  },
  'shop.example:80': { yes: ['http://shop.example/'], no: ['https://shop.example/'] },
  'https://shop.example:443': { yes: ['https://shop.example/'], no: ['https://shop.example:8443/'] },
  'localhost:5173': { yes: ['http://localhost:5173/'], no: ['http://localhost/', 'http://localhost:5174/'] },
  '192.168.1.20/a': { yes: ['http://192.168.1.20/a'], no: ['http://192.168.1.2/a'] },
  'münchen.example': {
    yes: ['https://xn--mnchen-3ya.example/', 'https://MÜNCHEN.example/'],
    no: ['https://munchen.example/'],
  },
  '*.xn--mnchen-3ya.example': { yes: ['https://www.münchen.example/'], no: ['https://münchen.example/'] },
  'shop.example/shop': {
    yes: [
      'https://shop.example/shop',
      'https://shop.example/shop/',
      'https://shop.example/shop/x?y',
      'https://shop.example//shop',
      'https://shop.example/x/../shop',
      'https://shop.example\\shop',
      'https://shop.example/%73hop',
    ],
    no: [
      'https://shop.example/',
      'https://shop.example/shopping',
      'https://shop.example/Shop',
      'https://shop.example/a/shop',
      'https://shop.example/shop%2Fx',
      'https://shop.example/shop/../x',
      'https://shop.example/#/shop',
    ],
  },
  'shop.example/shop/': { yes: ['https://shop.example/shop'], no: ['https://shop.example/shopping'] },
  'shop.example/caf%c3%a9': {
    yes: ['https://shop.example/café', 'https://shop.example/caf%C3%A9/x'],
    no: ['https://shop.example/cafe'],
  },
  'shop.example/100%': {
    yes: ['https://shop.example/100%', 'https://shop.example/100%/x'],
    no: ['https://shop.example/100'],
  },
  'shop.example/a%2Fb': { yes: ['https://shop.example/a%2fb'], no: ['https://shop.example/a/b'] },
  'shop.example?lang=de': {
    yes: ['https://shop.example/?lang=de', 'https://shop.example/x?a=1&lang=de#b'],
    no: [
      'https://shop.example/',
      'https://shop.example/?lang=DE',
      'https://shop.example/?lang=',
      'https://shop.example/#?lang=de',
    ],
  },
  'shop.example/x?b=2&a=%31': {
    yes: ['https://shop.example/x?a=1&b=2', 'https://shop.example/x/y?b=2&a=1&b=3'],
    no: ['https://shop.example/x?a=1', 'https://shop.example/x?a=1;b=2'],
  },
  'shop.example?q=a+b': { yes: ['https://shop.example?q=a%20b'], no: ['https://shop.example?q=a%2Bb'] },
  'shop.example?beta': {
    yes: ['https://shop.example/?beta', 'https://shop.example/?beta='],
    no: ['https://shop.example/?beta=1'],
  },
  'shop.example#top': { yes: ['https://shop.example/#other'], no: [] },
};

test('OP-09: which pages match which address', () => {
  for (const [address, { yes, no }] of Object.entries(table)) {
    for (const page of yes) assert.ok(matches(address, page), `${address} is to match ${page}`);
    for (const page of no) assert.ok(!matches(address, page), `${address} is not to match ${page}`);
  }
});

test('OP-09: what is no address is refused with a sentence that helps, at the field', () => {
  const refused: [text: string, why: RegExp][] = [
    ['not a site', /not the address/],
    ['*', /star/],
    ['*.', /not the address/],
    ['shop.*', /star/],
    ['*.*.example', /star/],
    ['a*.shop.example', /star/],
    ['*.192.168.1.20', /star goes before a name/],
    ['ftp://shop.example', /ftp/],
    ['javascript:alert(1)', /not the address/],
    ['https://', /not the address/],
    ['/shop', /begin with the host/],
    ['https:///shop', /begin with the host/],
    ['shop.example:99999', /not the address/],
    ['ann:secret@shop.example/', /without "@"/],
    ['https://evil.example\\@shop.example/', /without "@"/],
    ['http://[::1]/', /IPv6/],
    [' ', /not the address/],
  ];
  for (const [text, why] of refused) {
    const check = (error: unknown) =>
      error instanceof Refusal && error.code === 'invalid' && why.test(error.fields?.['address'] ?? '');
    assert.throws(() => parseAddress(text), check, text);
  }
});

test('OP-09: rules are tried in the order of how specific they are', () => {
  const ordered = [
    'a.b.shop.example',
    'https://www.shop.example',
    'www.shop.example',
    'shop.example/a/b',
    'shop.example/a?x=1&y=2',
    'shop.example/a?x=1',
    'https://shop.example:8443/a',
    'shop.example:8443/a',
    'http://shop.example/a',
    'https://shop.example/a',
    'shop.example/a',
    'shop.example/b',
    'shop.example',
    '*.a.shop.example',
    '*.shop.example/a',
    '*.shop.example',
    '*.example',
  ];
  const sorted = ordered.toReversed().map(parseAddress).toSorted(compareSpecificity).map(formatAddress);
  assert.deepEqual(sorted, ordered);
});

const part = fc.constantFrom(
  'a',
  'b',
  'A',
  'é',
  '%41',
  '%2F',
  '%zz',
  '..',
  '.',
  '',
  ' ',
  ';',
  '+',
  '%25',
  '%00',
);
const some = fc.record({
  scheme: fc.constantFrom('', 'http://', 'https://'),
  star: fc.constantFrom('', '*.'),
  host: fc.constantFrom('shop.example', 'www.shop.example', 'münchen.example'),
  port: fc.constantFrom('', ':80', ':443', ':8080'),
  path: fc.array(part, { maxLength: 3 }),
  query: fc.array(fc.tuple(part, part), { maxLength: 3 }),
});
const written = some.map(
  ({ scheme, star, host, port, path, query }) =>
    `${scheme}${star}${host}${port}${path.map((one) => `/${one}`).join('')}?${query.map((pair) => pair.join('=')).join('&')}`,
);

test('OP-09: an address that is written down means the same when it is read again, and matches its own page', () => {
  const check = fc.property(written, (text) => {
    const address = parseAddress(text);
    assert.deepEqual(parseAddress(formatAddress(address)), address);
    const page = `${address.scheme ?? 'https:'}//${address.below ? 'x.' : ''}${text.replace(/^https?:\/\//, '').replace('*.', '')}`;
    assert.ok(matches(text, page), page);
  });
  fc.assert(check, {
    numRuns: Number(process.env['FOYER_RUNS'] ?? 1000),
    seed: Number(process.env['FOYER_SEED'] ?? 1),
  });
});

test('VI-14: an address names a page that it matches on a host of its own, and none on others', () => {
  const hosts = [
    'other.example',
    'shop.example',
    'a.shop.example',
    'www.shop.example',
    'xn--mnchen-3ya.example',
  ];
  const check = fc.property(written, (text) => {
    const address = parseAddress(text);
    const page = pageOf(address, hosts);
    if (address.below && address.host !== 'shop.example') assert.equal(page, null);
    else assert.ok(page !== null && matches(text, page), `${page}`);
    assert.equal(pageOf(address, ['other.example', 'evil-shop.example']), null);
  });
  fc.assert(check, {
    numRuns: Number(process.env['FOYER_RUNS'] ?? 1000),
    seed: Number(process.env['FOYER_SEED'] ?? 1),
  });
});

test('OP-09: 64 kB of anything are read in linear time', () => {
  for (const piece of [
    'a',
    '/',
    '?',
    '&a',
    '%',
    '%41',
    '@',
    '\\',
    '.',
    'a.',
    ':',
    '#',
    '*.',
    '//',
    '/../',
    '\u0000',
    'é',
  ]) {
    const hostile = piece.repeat((64 * 1024) / piece.length);
    const pages = [
      hostile,
      `https://${hostile}`,
      `https://shop.example/${hostile}`,
      `https://shop.example?${hostile}`,
    ];
    const ms = cpuMsOf(() => {
      for (const page of pages) {
        matches('shop.example/a?a=1', page);
        assert.throws(() => parseAddress(`@${page}`), Refusal);
      }
    });
    assert.ok(ms < 500, `${piece}: ${ms} ms`);
  }
});
