// The pages of the server itself: the plain thread, the API's documentation, the demo.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Admin } from './admin.mjs';
import { api, startBlog, startBrowser, startServer, startWindow } from './support.mjs';
import { Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const page = '/posts/first';

for (const javaScriptEnabled of [false, true]) {
  test(`a thread can be read as a plain page ${javaScriptEnabled ? 'with' : 'without'} scripts, and each comment has an address there`, async (t) => {
    const { server, host } = await startBlog(t);
    const say = api(server, host);
    const root = await say.comment({ page, title: 'The first post', url: `${host.url}/posts/first/`, body: 'Read **me**.' });
    const reply = await say.comment({ page, body: 'Me too.', parent_id: root.comment.id, author: { name: 'Bob' } });
    const { thread } = await say.thread(page);
    const window = await startWindow(t, browser, { javaScriptEnabled, viewport: { width: 390, height: 844 } });
    const tab = await window.newPage();
    const answer = await tab.goto(`${server.url}/t/blog/${thread.id}#c-${reply.comment.id}`);
    assert.equal(answer.status(), 200);
    assert.doesNotMatch(answer.headers()['content-security-policy'] ?? '', /unsafe/);
    await tab.locator('strong', { hasText: 'me' }).waitFor();
    await tab.locator(`[id="c-${reply.comment.id}"]`, { hasText: 'Me too.' }).waitFor();
    await tab.locator(`a[href="${host.url}/posts/first/"]`).first().waitFor();
    const { wide, inside } = await tab.evaluate(() => ({
      wide: document.documentElement.scrollWidth, inside: document.documentElement.clientWidth,
    }));
    assert.ok(wide <= inside, `the page is ${wide} pixels wide on a screen of ${inside}`);
    assert.deepEqual(window.complaints, []);
  });
}

test('a held comment is on no page that others can read', async (t) => {
  const { server, host } = await startBlog(t, { moderation: 'links' });
  const say = api(server, host);
  await say.comment({ page, body: 'Published.' });
  await say.comment({ page, body: 'Hidden until approved: https://example.org' });
  const { thread } = await say.thread(page);
  for (const path of [`/t/blog/${thread.id}`, '/feeds/blog.atom', `/feeds/blog/${thread.id}.atom`]) {
    const answer = await fetch(server.url + path);
    const text = await answer.text();
    assert.equal(answer.status, 200, path);
    assert.match(text, /Published\./, path);
    assert.doesNotMatch(text, /Hidden until approved/, path);
  }
});

test('the API’s documentation lists every call of the OpenAPI document, without scripts', async (t) => {
  const server = await startServer(t);
  const document = await fetch(`${server.url}/api/v1/openapi.json`).then((answer) => answer.json());
  const window = await startWindow(t, browser, { javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  const tab = await window.newPage();
  await tab.goto(`${server.url}/api/docs`);
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const method of Object.keys(methods)) {
      const call = tab.locator('main article').filter({ has: tab.locator('.path', { hasText: path }) })
        .filter({ has: tab.locator('.method', { hasText: method.toUpperCase() }) });
      assert.ok(await call.count() > 0, `${method} ${path}`);
    }
  }
  assert.deepEqual(window.complaints, []);
});

test('the demo shows a lively thread, takes a comment, and its login opens the dashboard', async (t) => {
  const server = await startServer(t, { command: 'demo' });
  const window = await startWindow(t, browser);
  const widget = await Widget.open(window, server.url);
  assert.ok(await widget.comments().count() >= 10);
  await widget.element.getByText(widget.word('pinned')).first().waitFor();
  assert.ok(await widget.element.locator('pre code').count() > 0);
  await widget.post('Hello from a visitor.', { name: 'Visitor' });
  const admin = new Admin(await window.newPage(), server);
  const [, email, password] = server.output.match(/sign in as\s+(\S+)\s+with the password\s+(\S+)/);
  await admin.signIn({ email, password });
  await admin.signedIn();
  await admin.go('/queue');
  await admin.page.getByRole('article').filter({ hasText: 'Hello from a visitor.' }).waitFor();
  assert.deepEqual(window.complaints, []);
});
