// What the widget costs a page: requests and bytes, from what the browser really asked for.

import assert from 'node:assert/strict';
import { get } from 'node:http';
import { after, before, test } from 'node:test';
import { api, startBlog, startBrowser, startWindow } from './support.mjs';
import { Widget } from './widget.mjs';

export const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'pl', 'ru', 'uk', 'zh', 'ja', 'ar'];
const BYTES = 10_000;
const REQUESTS = 3;

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

/** The bytes of an answer's body as they travel when the reader's browser takes gzip. */
function gzipped(url) {
  return new Promise((done, failed) => {
    get(url, { headers: { 'Accept-Encoding': 'gzip' } }, (answer) => {
      let bytes = 0;
      answer.on('data', (part) => { bytes += part.length; });
      answer.on('end', () => done({ bytes, encoding: answer.headers['content-encoding'], status: answer.statusCode }));
    }).on('error', failed);
  });
}

for (const language of LANGUAGES) {
  test(`in ${language}, script, style and words are at most ${BYTES} bytes in ${REQUESTS} requests`, async (t) => {
    const { server, host, post } = await startBlog(t, { lang: language });
    await api(server, host).comment({ page: '/posts/first', body: 'One comment.' });
    const window = await startWindow(t, browser);
    const asked = [];
    window.on('request', (request) => { if (request.url().startsWith(server.url)) asked.push(request.url()); });
    const widget = await Widget.open(window, post, language);
    await widget.post('Another one.');

    const assets = asked.filter((url) => !new URL(url).pathname.startsWith('/api/'));
    assert.ok(assets.length <= REQUESTS, `${assets.length} requests: ${assets.join(' ')}`);
    assert.ok(assets.some((url) => url.endsWith(`/${language}.json`)), assets.join(' '));
    let sum = 0;
    for (const url of assets) {
      const { bytes, encoding, status } = await gzipped(url);
      assert.equal(status, 200);
      assert.equal(encoding, 'gzip', `${url} travels compressed`);
      sum += bytes;
    }
    t.diagnostic(`${language}: ${sum} bytes gzipped in ${assets.length} requests`);
    assert.ok(sum <= BYTES, `${sum} bytes`);
  });
}

test('the thread is asked for while the widget’s script is still on its way, and only once', async (t) => {
  const { server, host, post } = await startBlog(t);
  await api(server, host).comment({ page: '/posts/first', body: 'Early.' });
  const window = await startWindow(t, browser);
  const order = [];
  window.on('request', (request) => { if (request.url().includes('/api/v1/threads')) order.push('thread asked for'); });
  await window.route('**/widget.js', async (route) => {
    await new Promise((later) => setTimeout(later, 500));
    order.push('script comes');
    await route.continue();
  });
  const widget = await Widget.open(window, post);
  await widget.comments('Early.').waitFor();
  assert.deepEqual(order, ['thread asked for', 'script comes']);
});

test('what has a version in its address may be kept for ever, the loader only for minutes', async (t) => {
  const { server, post } = await startBlog(t);
  const window = await startWindow(t, browser);
  const kept = new Map();
  window.on('response', (answer) => kept.set(new URL(answer.url()).pathname, answer.headers()['cache-control'] ?? ''));
  await Widget.open(window, post);
  assert.match(kept.get('/embed.js'), /max-age=600\b/);
  const versioned = [...kept].filter(([path]) => path.startsWith('/w/'));
  assert.ok(versioned.length >= 2, [...kept.keys()].join(' '));
  for (const [path, header] of versioned) assert.match(header, /max-age=31536000.*immutable/, path);
  assert.ok(server.url);
});
