import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../core/errors.ts';
import { hostOf } from './host-of.ts';

const kept: [pasted: string, host: string][] = [
  ['www.example.com', 'www.example.com'],
  ['https://www.Shop.example:8443/path?x=1#y', 'www.shop.example'],
  ['HTTP://SHOP.EXAMPLE', 'shop.example'],
  ['  shop.example/  ', 'shop.example'],
  ['//shop.example/cart', 'shop.example'],
  ['shop.example:8080', 'shop.example'],
  ['shop.example.', 'shop.example'],
  ['münchen.example', 'xn--mnchen-3ya.example'],
  ['https://пример.example/', 'xn--e1afmkfd.example'],
  ['xn--mnchen-3ya.example', 'xn--mnchen-3ya.example'],
  ['localhost', 'localhost'],
  ['http://localhost:5173', 'localhost'],
  ['intranet', 'intranet'],
  ['192.168.1.20', '192.168.1.20'],
  ['http://127.0.0.1:8080/test.html', '127.0.0.1'],
  ['shop.example/a@b', 'shop.example'],
];

const refused: [pasted: string, why: RegExp][] = [
  ['not a site', /not the address of a site/],
  ['shop,example', /not the address/],
  ['https://', /not the address/],
  ['...', /not the address/],
  ['-shop.example', /not the address/],
  [`${'a'.repeat(64)}.example`, /not the address/],
  [`${'a.'.repeat(130)}example`, /not the address/],
  ['1234', /not the address/],
  ['0x7f.1', /not the address/],
  ['javascript:alert(1)', /not the address/],
  ['ftp://shop.example', /not on ftp addresses/],
  ['file:///home/me/page.html', /not on file addresses/],
  ['ann@shop.example', /without "@"/],
  ['https://ann:secret@shop.example/', /without "@"/],
  ['*.shop.example', /star/],
  ['http://[::1]:8080/', /IPv6/],
];

test('the host is found in whatever people paste', () => {
  for (const [pasted, host] of kept) assert.equal(hostOf(pasted, 'address'), host, pasted);
});

test('nonsense is refused with a sentence that helps', () => {
  for (const [pasted, why] of refused) {
    const check = (error: unknown) =>
      error instanceof Refusal &&
      error.code === 'invalid' &&
      why.test(error.message) &&
      error.fields?.['address'] === error.message;
    assert.throws(() => hostOf(pasted, 'address'), check, pasted);
  }
});
