// Imports on the dashboard: upload, trial, rules, the real run with its progress, the report; on a phone and without
// scripts, too.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Admin } from './admin.mjs';
import { createAdmin, startBlog, startBrowser, startWindow } from './support.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

/** An export of Disqus with so many pages and as many comments on each; one more comment has no page. */
function disqus(pages, comments) {
  const body = (id, thread) => `<post id="${id}"><message>Number ${id}</message><createdAt>2020-01-01T00:00:00Z</createdAt>` +
    `<author><name>Ann</name></author><thread id="${thread}"/></post>`;
  const items = Array.from({ length: pages }, (_, page) =>
    `<thread id="${page}"><link>https://old.example/posts/a-rather-long-name-of-a-page-without-any-break-${page}/</link></thread>` +
    Array.from({ length: comments }, (__, number) => body(page * comments + number, page)).join(''));
  return Buffer.from(`<disqus>${items.join('')}${body('lost', 'none')}</disqus>`);
}

async function desk(t, options) {
  const { server } = await startBlog(t);
  createAdmin(server);
  const window = await startWindow(t, browser, options);
  const tab = await window.newPage();
  const admin = new Admin(tab, server);
  await admin.signIn();
  await admin.signedIn();
  return { server, tab, admin, window };
}

async function upload(tab, admin, name, buffer) {
  await admin.go('/imports');
  await tab.getByLabel('File').setInputFiles({ name, mimeType: 'application/xml', buffer });
  await admin.button('Upload and try').click();
  await tab.getByRole('heading', { level: 1, name }).waitFor();
}

async function fits(tab, name) {
  const width = tab.viewportSize().width;
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= width, `${name} is ${wide} pixels wide on a screen of ${width}`);
  if (process.env.SCREENSHOTS) {
    await tab.screenshot({ path: join(process.env.SCREENSHOTS, `${name}-${width}.png`), fullPage: true });
  }
}

test('a file is uploaded, tried, its pages renamed, and imported while one watches', async (t) => {
  const { tab, admin, window } = await desk(t);
  await upload(tab, admin, 'disqus.xml', disqus(150, 200));
  await tab.getByRole('heading', { name: 'What would come over' }).waitFor({ timeout: 60_000 });
  const table = tab.getByRole('table', { name: 'Pages' });
  assert.equal(await table.locator('tbody tr').count(), 50);
  await tab.getByText('1 to 50 of 150').waitFor();
  await tab.getByRole('link', { name: 'In the file', exact: true }).click();
  await tab.getByRole('link', { name: 'More pages of the file' }).click();
  await tab.getByText('51 to 100 of 150').waitFor();
  await tab.goBack();
  await tab.getByText('1 to 50 of 150').waitFor();

  await tab.getByLabel(/^Pages that are called/).fill('/posts/a-rather-long-name-of-a-page-without-any-break-0 => /posts/zero\nnot a rule');
  await admin.button('Try again').click();
  await tab.getByText(/^Line 2: In “not a rule”/).waitFor();
  await tab.getByLabel(/^Pages that are called/).fill('/posts/a-rather-long-name-of-a-page-without-any-break-0 => /posts/zero');
  await admin.button('Try again').click();
  await tab.getByRole('heading', { name: 'What would come over' }).waitFor({ timeout: 60_000 });
  await tab.getByRole('link', { name: 'Here', exact: true }).click();
  await tab.getByRole('cell', { name: '/posts/zero', exact: true }).waitFor();

  await tab.evaluate(() => { document.title = 'the page that was loaded'; });
  await admin.button(/^Import$/).click();
  const bar = tab.getByRole('progressbar');
  await bar.waitFor();
  const seen = new Set();
  while (await bar.isVisible()) {
    const value = await bar.evaluate((element) => element.value).catch(() => undefined);
    if (value !== undefined) seen.add(value);
    await new Promise((later) => { setTimeout(later, 50); });
  }
  assert.ok(seen.size > 1, `the bar moved: ${[...seen]}`);
  await tab.getByRole('heading', { name: 'What came over' }).waitFor({ timeout: 60_000 });
  await tab.getByText('its thread (none) is not in the file').waitFor();
  await admin.go('/imports');
  await tab.getByText('30000 comments').waitFor();
  await tab.getByRole('link', { name: 'disqus.xml' }).click();
  await tab.getByRole('heading', { name: 'What came over' }).waitFor();
  assert.deepEqual(window.complaints, []);
});

test('the table of pages is downloaded, changed and given back', async (t) => {
  const { tab, admin } = await desk(t);
  await upload(tab, admin, 'disqus.xml', disqus(3, 1));
  await tab.getByRole('heading', { name: 'What would come over' }).waitFor();
  const [download] = await Promise.all([
    tab.waitForEvent('download'),
    admin.link('Download the table (CSV)').click(),
  ]);
  const csv = readFileSync(await download.path(), 'utf8');
  const changed = csv.replace(/,\/posts\/a-rather-long-name-of-a-page-without-any-break-1,/, ',/posts/one,');
  assert.notEqual(changed, csv);
  await tab.getByLabel('File of rules').setInputFiles({ name: 'pages.csv', mimeType: 'text/csv', buffer: Buffer.from(changed) });
  await admin.button('Try with this file').click();
  await tab.getByRole('cell', { name: '/posts/one', exact: true }).waitFor();
});

test('one that runs is stopped, and what is not wanted is discarded', async (t) => {
  const { tab, admin } = await desk(t);
  await upload(tab, admin, 'long.xml', disqus(600, 300));
  await admin.button('Stop').click();
  await tab.getByRole('alert').filter({ hasText: 'It was stopped.' }).waitFor({ timeout: 60_000 });
  await admin.button('Discard').click();
  await tab.getByText('The upload and its file are gone.').waitFor();
  assert.equal(await tab.getByText('long.xml').count(), 0);
});

test('on a phone no page is wider than the screen', async (t) => {
  const { tab, admin } = await desk(t, { viewport: { width: 320, height: 640 }, hasTouch: true });
  await upload(tab, admin, 'an_export_with_a_name_that_goes_on_for_long_and_has_no_space_in_it.xml', disqus(120, 2));
  await tab.getByRole('heading', { name: 'What would come over' }).waitFor();
  await fits(tab, 'import-tried');
  await admin.button(/^Import$/).click();
  await tab.getByRole('heading', { name: 'What came over' }).waitFor();
  await fits(tab, 'import-done');
  await upload(tab, admin, 'holiday.jpg', Buffer.from('no export'));
  await tab.getByRole('alert').waitFor();
  await fits(tab, 'import-refused');
  await admin.go('/imports');
  await fits(tab, 'imports');
});

test('without scripts the page says how far it is and then what came over', async (t) => {
  const { tab, admin } = await desk(t, { javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  await upload(tab, admin, 'disqus.xml', disqus(20, 50));
  await tab.getByRole('heading', { name: 'What would come over' }).waitFor();
  await admin.button(/^Import$/).click();
  await tab.getByRole('heading', { name: 'What came over' }).waitFor();
  await fits(tab, 'import-without-scripts');
});
