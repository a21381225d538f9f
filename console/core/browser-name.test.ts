import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserName } from './browser-name.ts';

test('names browser and system, and leaves alone what it does not know', () => {
  const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
  const chrome = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/140.0.0.0 Safari/537.36`;
  assert.equal(browserName(chrome), 'Chrome 140, Windows');
  assert.equal(browserName(`${chrome} Edg/141.0.0.0`), 'Edge 141, Windows');
  assert.equal(
    browserName(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
    ),
    'Safari 19, iPhone',
  );
  assert.equal(
    browserName('Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0'),
    'Firefox 148, Linux',
  );
  assert.equal(browserName('curl/8.1'), 'curl/8.1');
});
