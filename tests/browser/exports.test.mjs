// Exports and a person's rights on the dashboard, on three widths, light and dark, with the keyboard alone, and
// without scripts.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Admin } from './admin.mjs';
import { api, createAdmin, run, startBlog, startBrowser, startWindow } from './support.mjs';

const page = '/posts/first';
const ANN = { name: 'Ann', email: 'ann.with.a.long.address.indeed@mail.department.example.org' };

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

/** A blog on which Ann wrote and Bob answered, and an admin at its dashboard. */
async function desk(t, options) {
  const { server, host } = await startBlog(t);
  createAdmin(server);
  const say = api(server, host);
  const first = await say.comment({ page, body: 'Words of mine.', author: ANN });
  await say.comment({ page, body: 'An answer.', parent_id: first.comment.id, author: { name: 'Bob' } });
  const window = await startWindow(t, browser, options);
  const tab = await window.newPage();
  const admin = new Admin(tab, server);
  await admin.signIn();
  await admin.signedIn();
  return { server, tab, admin };
}

/** Presses a button and reads the file that comes of it. */
async function downloaded(tab, press) {
  const [download] = await Promise.all([tab.waitForEvent('download'), press()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

for (const colorScheme of ['light', 'dark']) {
  test(`no page is wider than its screen, ${colorScheme}`, async (t) => {
    const { tab, admin } = await desk(t, { colorScheme });
    const fits = async (width, name) => {
      const { wide, inside } = await tab.evaluate(() => ({
        wide: document.documentElement.scrollWidth,
        inside: document.documentElement.clientWidth,
      }));
      assert.ok(wide <= inside, `${name} is ${wide} pixels wide on a screen of ${inside}`);
      if (process.env.SCREENSHOTS) {
        await tab.screenshot({ path: join(process.env.SCREENSHOTS, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
    };
    for (const width of [320, 768, 1280]) {
      await tab.setViewportSize({ width, height: 800 });
      await admin.go('/exports');
      await fits(width, 'exports');
      await admin.go('/person');
      await tab.getByLabel('Their email address').fill(ANN.email);
      await admin.button('Look').click();
      await tab.getByRole('heading', { name: /^What is known/ }).waitFor();
      await fits(width, 'person');
    }
  });
}

test('with the keyboard one gets to the export and downloads it', async (t) => {
  const { server, tab, admin } = await desk(t);
  await admin.go('/imports');
  await tab.getByRole('link', { name: 'Export', exact: true }).focus();
  await tab.keyboard.press('Enter');
  await tab.getByRole('heading', { level: 1, name: 'Export' }).waitFor();
  await tab.getByLabel('What', { exact: true }).focus();
  await tab.keyboard.press('Tab');
  assert.equal(await tab.evaluate(() => document.activeElement.tagName), 'A', 'the hint leads on');
  await tab.keyboard.press('Tab');
  await tab.keyboard.press('Tab');
  await tab.keyboard.press('ArrowDown');
  assert.ok(await tab.getByLabel(/WXR/).isChecked());
  await tab.keyboard.press('ArrowUp');
  for (let presses = 0; presses < 5; presses += 1) {
    if (await tab.evaluate(() => document.activeElement.textContent.trim()) === 'Download') break;
    await tab.keyboard.press('Tab');
  }
  const { name, text } = await downloaded(tab, () => tab.keyboard.press('Enter'));
  assert.match(name, /^afterword-\d{4}-\d\d-\d\d\.jsonl$/);
  assert.equal(text, run(['export', '--format', 'jsonl', '--data', server.data]).stdout);
});

test('without scripts a person is looked up, copied and forgotten', async (t) => {
  const { tab, admin } = await desk(t, { javaScriptEnabled: false });
  await admin.go('/person');
  await tab.getByLabel('Their email address').fill(ANN.email);
  await admin.button('Look').click();
  const { name, text } = await downloaded(tab, () => admin.button('Download a copy').click());
  assert.match(name, /^afterword-copy-.*\.jsonl$/);
  assert.match(text, /Words of mine/);
  await tab.getByLabel(/type the address again/).fill(ANN.email);
  await admin.button('Forget them').click();
  await tab.getByRole('heading', { name: 'Erased' }).waitFor();
  await admin.go('/queue?status=all');
  assert.equal(await tab.getByText('Words of mine').count(), 0);
  await tab.getByText('An answer.').waitFor();
});
