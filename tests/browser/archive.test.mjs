// The static archive that `afterword export --format static` writes, opened from the disk as anybody might who has
// no web server: read on three widths, in light and dark.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { api, run, startBlog, startBrowser, startWindow, temporaryFolder } from './support.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const page = '/posts/first';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

/** An archive of a lively thread, and the addresses of its kinds of pages. */
async function archive(t) {
  const { server, host } = await startBlog(t);
  const say = api(server, host);
  let above = (await say.comment({ page, title: 'The first post', url: `${host.url}${page}/`, body: 'Read **me**.' })).comment;
  const code = '```js\nconst line = "that is much too long for any phone and must not make the page wider than it is";\n```';
  for (const body of [code, '> Quoted\n\nand *answered*', 'https://example.org/a-long-address-'.padEnd(200, 'x'), 'Deep', 'Deeper', 'Deepest']) {
    above = (await say.comment({ page, body, parent_id: above.id, author: { name: 'Bob', url: 'https://example.org' } })).comment;
  }
  await say.comment({ page, body: 'مرحبا', author: { name: 'ليلى' } });
  const { thread } = await say.thread(page);
  const folder = join(temporaryFolder(), 'archive');
  run(['export', '--format', 'static', '--out', folder, '--data', server.data]);
  return ['index.html', 'blog/index.html', `blog/${thread.id}/index.html`].map((name) => pathToFileURL(join(folder, name)).href);
}

for (const colorScheme of ['light', 'dark']) {
  test(`an archive is read without faults on any screen, ${colorScheme}`, async (t) => {
    const addresses = await archive(t);
    for (const width of [320, 768, 1280]) {
      const window = await startWindow(t, browser, { colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
      const tab = await window.newPage();
      for (const address of addresses) {
        await tab.goto(address);
        const { wide, inside, margin } = await tab.evaluate(() => ({
          wide: document.documentElement.scrollWidth,
          inside: document.documentElement.clientWidth,
          margin: getComputedStyle(document.body).maxInlineSize,
        }));
        assert.ok(wide <= inside, `${address} is ${wide} pixels wide on a screen of ${inside}`);
        assert.equal(margin, '704px', 'the style sheet beside it is used');
        await tab.addScriptTag({ path: AXE });
        const { violations } = await tab.evaluate(() => globalThis.axe.run('html', { resultTypes: ['violations'] }));
        assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`), [], address);
        if (process.env.SCREENSHOTS) {
          await tab.screenshot({ path: join(process.env.SCREENSHOTS, `${addresses.indexOf(address)}-${width}-${colorScheme}.png`) });
        }
      }
    }
  });
}

test('one clicks from the sites to a comment and back, under the pages’ own policy and without scripts', async (t) => {
  const addresses = await archive(t);
  const window = await startWindow(t, browser, { javaScriptEnabled: false });
  const tab = await window.newPage();
  await tab.goto(addresses[0]);
  await tab.getByRole('link', { name: 'My blog' }).click();
  await tab.getByRole('link', { name: 'The first post' }).click();
  assert.equal(tab.url(), addresses[2]);
  await tab.locator('article', { hasText: 'Deepest' }).first().waitFor();
  await tab.getByRole('link', { name: 'My blog' }).click();
  await tab.getByRole('link', { name: 'All sites' }).click();
  assert.equal(tab.url(), addresses[0]);
  assert.deepEqual(window.complaints, []);
});
