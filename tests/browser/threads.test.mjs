// The dashboard's threads: on a phone and on a desk, with JavaScript and without it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Admin } from './admin.mjs';
import { api, createAdmin, createSite, startBlog, startBrowser, startHost, startServer, startWindow, until } from './support.mjs';
import { Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const WAYS = [
  { name: 'on a small phone', viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true },
  { name: 'on a desk without JavaScript', viewport: { width: 1280, height: 800 }, javaScriptEnabled: false },
];

async function withThreads(t) {
  const server = await startServer(t);
  const host = await startHost(t);
  createAdmin(server);
  createSite(server, 'blog', host.url);
  const say = api(server, host);
  const root = await say.comment({ page: '/old/', title: 'A post', url: `${host.url}/old/`, body: 'Under the old address.' });
  await say.comment({ page: '/new/', title: 'A post', url: `${host.url}/new/`, body: 'Under the new one.' });
  await say.comment({ page: '/other/', title: 'Another post', body: 'About something else.', author: { name: 'Bob' } });
  const texts = async (page) => (await say.thread(page)).comments.map((one) => one.html.replace(/<\/?p>/g, '').trim());
  return { server, host, say, root, texts };
}

async function fitsTheScreen(page) {
  const [wide, inside] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wide <= inside, `${page.url()} is ${wide} pixels wide on a screen of ${inside}`);
}

for (const { name, ...options } of WAYS) {
  test(`a thread is found, locked, unlocked and renamed, ${name}`, async (t) => {
    const { server, say } = await withThreads(t);
    const context = await startWindow(t, browser, options);
    const admin = await Admin.open(context, server);
    await admin.link('Threads', await admin.openMenu()).click();
    await admin.page.getByLabel('Title, key or address').fill('another');
    await admin.button('Show').click();
    assert.equal(await admin.page.getByRole('row').count(), 2, 'the headings and one thread');
    await fitsTheScreen(admin.page);
    await admin.link('Another post').click();
    await admin.button('Lock').click();
    assert.equal((await say.thread('/other/')).thread.locked, true);
    await admin.undo();
    await admin.button('Lock').waitFor();
    assert.equal((await say.thread('/other/')).thread.locked, false);
    await admin.page.getByRole('textbox', { name: 'Title', exact: true }).fill('Renamed');
    await admin.button('Rename').click();
    await admin.page.getByRole('heading', { level: 1, name: 'Renamed' }).waitFor();
    await fitsTheScreen(admin.page);
    await admin.page.goBack();
    await admin.page.goBack();
    assert.deepEqual(context.complaints, []);
  });

  test(`two threads are merged after a look at what would happen, ${name}`, async (t) => {
    const { server, texts } = await withThreads(t);
    const context = await startWindow(t, browser, options);
    const admin = await Admin.open(context, server);
    await admin.go('/threads?text=old');
    await admin.link('A post').click();
    await admin.link('Merge into another thread').click();
    await admin.link(/^\/new/).click();
    await admin.page.getByText('This cannot be undone.').waitFor();
    await fitsTheScreen(admin.page);
    assert.deepEqual(await texts('/new/'), ['Under the new one.'], 'nothing has happened yet');
    await admin.button('Merge the two for good').click();
    await admin.flash.getByText('Merged: 1 comment came over.').waitFor();
    for (const page of ['/old/', '/new/']) assert.deepEqual(await texts(page), ['Under the old address.', 'Under the new one.']);
    assert.deepEqual(context.complaints, []);
  });

  test(`a comment moves to another thread and back, ${name}`, async (t) => {
    const { server, root, texts } = await withThreads(t);
    const context = await startWindow(t, browser, options);
    const admin = await Admin.open(context, server);
    await admin.go(`/comments/${root.comment.id}`);
    await admin.link('Move it elsewhere').click();
    await admin.page.getByLabel('Thread').fill('/other/');
    await admin.button('See what would happen').click();
    await fitsTheScreen(admin.page);
    await admin.button('Move it').click();
    await admin.flash.waitFor();
    assert.deepEqual(await texts('/other/'), ['Under the old address.', 'About something else.']);
    await admin.undo();
    await until(async () => (await texts('/other/')).length === 1, 'the comment to be back');
    assert.deepEqual(await texts('/old/'), ['Under the old address.']);
    assert.deepEqual(context.complaints, []);
  });
}

test('a reader sees a conversation go when it is moved, and cannot write where a thread was locked', async (t) => {
  const { server, host, post } = await startBlog(t);
  createAdmin(server);
  const say = api(server, host);
  const gone = await say.comment({ page: '/posts/first', body: 'Off the topic.' });
  await say.comment({ page: '/posts/first', body: 'On the topic.' });
  await say.comment({ page: '/posts/second', body: 'Where it belongs.' });
  const reader = await Widget.open(await startWindow(t, browser), post);
  await reader.listening();
  const admin = await Admin.open(await startWindow(t, browser), server);
  await admin.go(`/comments/${gone.comment.id}/move?to=/posts/second`);
  await admin.button('Move it').click();
  await reader.comments('Off the topic.').waitFor({ state: 'detached' });
  server.cli('thread', 'lock', '--site', 'blog', '/posts/first');
  await reader.page.getByText(reader.word('locked')).waitFor();
});
