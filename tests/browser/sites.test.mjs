// A site from its tag to its end, and the dashboard's first page, as somebody at a browser meets them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Admin } from './admin.mjs';
import { api, createAdmin, embed, hostPolicy, page as pageOf, startBlog, startBrowser, startWindow, until } from './support.mjs';
import { Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const PHONE = { viewport: { width: 320, height: 800 }, isMobile: true, hasTouch: true };

/** A blog and somebody at its dashboard. */
async function desk(t, options = {}, blog = {}) {
  const started = await startBlog(t, blog);
  createAdmin(started.server);
  const context = await startWindow(t, browser, options);
  const admin = await Admin.open(context, started.server);
  await admin.signedIn();
  return { ...started, admin, context };
}

async function fitsTheScreen(page) {
  const { wide, inside } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth, inside: document.documentElement.clientWidth,
  }));
  assert.ok(wide <= inside, `${page.url()} is ${wide} pixels wide on a screen of ${inside}`);
}

/** The widget in the preview. */
const previewed = (admin) => admin.page.frameLocator('#preview').locator('afterword-comments');

const colourOf = (locator, property = 'backgroundColor') =>
  locator.evaluate((node, name) => getComputedStyle(node)[name], property);

test('a new site’s mark turns green by itself when one of its pages is viewed', async (t) => {
  const { admin, context, post } = await desk(t);
  await admin.isAt('/admin/');
  const mark = admin.page.locator('[data-first-view="blog"]');
  await mark.getByText('Waiting').waitFor();
  await Widget.open(await startWindow(t, browser), post);
  await mark.getByText('The tag works').waitFor();
  assert.ok(await mark.evaluate((node) => node.classList.contains('ok')));
  await admin.page.reload();
  assert.equal(await mark.count(), 0, 'the tag is not offered any more');
  assert.deepEqual(context.complaints, []);
});

test('the tag of each site can be copied from the list', async (t) => {
  const { admin, context, server } = await desk(t, { permissions: ['clipboard-read', 'clipboard-write'] });
  await admin.go('/sites');
  await admin.page.locator('summary', { hasText: 'The tag of My blog' }).click();
  await admin.button('Copy the tag of My blog').click();
  await admin.page.getByRole('button', { name: 'Copied' }).waitFor();
  const copied = await admin.page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, new RegExp(`src="${server.url}/embed.js" data-site="blog"`));
  await admin.button('Copy the tag of My blog').waitFor();
  assert.deepEqual(context.complaints, []);
});

test('without scripts a reload tells that the tag works', async (t) => {
  const { admin, post } = await desk(t, { javaScriptEnabled: false });
  await admin.page.getByText('Waiting for the first page view').waitFor();
  await Widget.open(await startWindow(t, browser), post);
  await until(async () => {
    await admin.go('/sites');
    return await admin.page.getByText('The tag works').count() === 1;
  }, 'the tag to be seen');
});

test('the preview is the real widget, and follows the form without saving anything', async (t) => {
  const { admin, context, server } = await desk(t);
  await admin.go('/sites/blog');
  const widget = previewed(admin);
  await widget.getByText('Thank you for reading').waitFor();
  const badge = widget.locator('.owner').first();
  const before = await colourOf(badge);

  await admin.page.getByRole('radio', { name: /^Dark/ }).check();
  await until(async () => await widget.getAttribute('theme') === 'dark', 'the widget to be dark');
  await admin.page.getByLabel('As the page around it').check();
  await until(async () => await widget.getAttribute('theme') === null, 'the widget to be as its page');
  await admin.page.getByLabel('Accent colour', { exact: true }).fill('#ffcc00');
  await until(async () => await colourOf(badge) === 'rgb(255, 204, 0)', 'the accent');
  assert.equal(await colourOf(badge, 'color'), 'rgb(0, 0, 0)', 'with letters that can be read on it');
  await admin.page.getByText('Links on a light page are hard to read').waitFor();
  await admin.page.getByLabel('Steps of indentation').fill('1');
  await widget.getByText('replying to Chidi').waitFor();
  await admin.page.getByLabel('Pictures of people').check();
  await widget.locator('img.avatar').first().waitFor();

  await widget.locator('textarea').first().fill('Is anybody here?');
  await widget.locator('.form.open .person input').first().fill('Ann');
  await widget.locator('.form.open .submit').click();
  await widget.getByText('This is a preview').waitFor();

  await admin.page.reload();
  await widget.getByText('Thank you for reading').waitFor();
  assert.equal(await colourOf(badge), before, 'nothing of it was saved');
  const { site } = await api(server, { url: server.url }).thread('/x');
  assert.deepEqual([site.theme, site.accent, site.display_depth], [null, null, 4]);
  assert.deepEqual(context.complaints, []);
});

test('where the script does not come, a button brings the preview up to date', async (t) => {
  const { admin } = await desk(t);
  await admin.page.route('**/preview.js*', (route) => route.abort());
  await admin.go('/sites/blog');
  await previewed(admin).getByText('Thank you for reading').waitFor();
  await admin.page.getByLabel('Accent colour', { exact: true }).fill('#004400');
  await admin.button('Show this in the preview').click();
  await admin.page.frameLocator('#preview').getByText('Links on a dark page are hard to read').waitFor();
  await until(async () => await colourOf(previewed(admin).locator('.owner').first()) === 'rgb(0, 68, 0)', 'the accent');
  await admin.isAt('/admin/sites/blog');
});

test('Enter in a field saves', async (t) => {
  const { admin } = await desk(t);
  await admin.go('/sites/blog');
  await admin.page.getByLabel('Name', { exact: true }).fill('Another name');
  await admin.page.keyboard.press('Enter');
  await admin.flash.getByText('Saved.').waitFor();
  assert.equal(await admin.page.getByLabel('Name', { exact: true }).inputValue(), 'Another name');
});

test('a site’s looks reach its pages, and what a page says of its own wins', async (t) => {
  const { server, host } = await startBlog(t);
  server.cli('site', 'set', 'blog', '--theme', 'dark', '--accent', '#ffcc00');
  const own = 'afterword-comments{--afterword-accent:#004400}';
  host.pages = {
    '/plain': pageOf(embed(server)),
    '/light': pageOf(embed(server, 'blog', 'theme="light"')),
    '/auto': pageOf(embed(server, 'blog', 'theme="auto"')),
    '/own': pageOf(embed(server), { head: `<link rel="stylesheet" href="/own.css">` }),
    '/own.css': own,
  };
  host.policy = hostPolicy(server);
  const window = await startWindow(t, browser);
  const look = async (path) => {
    const widget = await Widget.open(window, host.url + path);
    const shell = widget.page.locator('afterword-comments .shell');
    const submit = widget.page.locator('afterword-comments .submit').first();
    return {
      paper: await colourOf(shell),
      accent: await colourOf(submit),
      letters: await colourOf(submit, 'color'),
    };
  };
  const yellow = { accent: 'rgb(255, 204, 0)', letters: 'rgb(0, 0, 0)' };
  assert.deepEqual(await look('/plain'), { paper: 'rgb(23, 24, 27)', ...yellow });
  assert.deepEqual(await look('/light'), { paper: 'rgb(255, 255, 255)', ...yellow });
  assert.deepEqual(await look('/auto'), { paper: 'rgba(0, 0, 0, 0)', ...yellow });
  assert.deepEqual(await look('/own'), { paper: 'rgb(23, 24, 27)', accent: 'rgb(0, 68, 0)', letters: 'rgb(255, 255, 255)' });
  assert.deepEqual(window.complaints, []);
});

for (const javaScriptEnabled of [true, false]) {
  test(`a site is removed by its name and brought back, on a phone ${javaScriptEnabled ? 'with' : 'without'} scripts`, async (t) => {
    const { admin, context, server, host } = await desk(t, { ...PHONE, javaScriptEnabled });
    await api(server, host).comment({ page: '/posts/first', body: 'Stay.' });
    await admin.go('/sites/blog');
    await fitsTheScreen(admin.page);
    await admin.link('Remove this site').click();
    await admin.page.getByLabel('To remove it, type its name').fill('My log');
    await fitsTheScreen(admin.page);
    await admin.button('Remove the site').click();
    await admin.page.getByText('Nothing was removed.').waitFor();
    await admin.page.getByLabel('To remove it, type its name').fill('My blog');
    await admin.button('Remove the site').click();
    await admin.page.getByText('30 days left').waitFor();
    await fitsTheScreen(admin.page);
    assert.equal((await api(server, host).call('GET', '/threads?site=blog&page=/posts/first')).status, 404);
    await admin.button('Restore').click();
    await admin.flash.getByText('My blog is back').waitFor();
    assert.equal((await api(server, host).thread('/posts/first')).thread.count, 1);
    assert.deepEqual(context.complaints, []);
  });
}

test('the first page leads to what waits, and its chart has a table', async (t) => {
  const { admin, context, server, host } = await desk(t, PHONE, { moderation: 'links' });
  await api(server, host).comment({ page: '/posts/first', title: 'The first post', body: 'Hello.' });
  await api(server, host).comment({ page: '/posts/first', body: 'https://example.org' });
  await admin.go('/');
  await fitsTheScreen(admin.page);
  await admin.page.getByText('The figures as a table').click();
  const today = admin.page.getByRole('row').nth(1);
  assert.deepEqual((await today.getByRole('cell').allInnerTexts()).slice(-3), ['1', '1', '0']);
  await fitsTheScreen(admin.page);
  await admin.link('30 days').click();
  await admin.page.getByRole('img', { name: /2 comments in 30 days/ }).waitFor();
  await admin.page.goBack();
  await admin.page.getByRole('img', { name: /2 comments in 14 days/ }).waitFor();
  await admin.link('1 held', admin.page.getByRole('main')).click();
  await admin.isAt('/admin/queue');
  await admin.item('https://example.org').waitFor();
  assert.deepEqual(context.complaints, []);
});
