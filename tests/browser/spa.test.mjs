// Pages that change without being loaded: the element is moved, renamed, removed, put back, and made late.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, page as pageOf, startBlog, startBrowser, startWindow, until } from './support.mjs';
import { Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

/** A blog with two posts, each with a comment of its own. */
async function twoPosts(t, attributes = '') {
  const blog = await startBlog(t, { attributes });
  const say = api(blog.server, blog.host);
  await say.comment({ page: '/posts/first', body: 'Under the first.' });
  await say.comment({ page: '/posts/second', body: 'Under the second.' });
  return { ...blog, say };
}

test('given another page, it shows that page’s thread and posts to it', async (t) => {
  const { post, say } = await twoPosts(t, 'page="/posts/first"');
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.comments('Under the first.').waitFor();
  await widget.element.evaluate((element) => element.setAttribute('page', '/posts/second'));
  await widget.comments('Under the second.').waitFor();
  assert.equal(await widget.comments('Under the first.').count(), 0);
  await widget.post('Also under the second.');
  assert.equal((await say.thread('/posts/second')).thread.count, 2);
  assert.equal((await say.thread('/posts/first')).thread.count, 1);
});

test('when the router changes the address, reload() shows the new page', async (t) => {
  const { post, host } = await twoPosts(t);
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.comments('Under the first.').waitFor();
  await widget.page.evaluate((url) => history.pushState({}, '', url), `${host.url}/posts/second/`);
  await widget.element.evaluate((element) => element.reload());
  await widget.comments('Under the second.').waitFor();
  assert.equal(await widget.comments('Under the first.').count(), 0);
});

test('moved to another place, it keeps what is in it', async (t) => {
  const { post } = await twoPosts(t);
  const window = await startWindow(t, browser);
  const widget = await Widget.open(window, post);
  await widget.comments('Under the first.').waitFor();
  let asked = 0;
  window.on('request', (request) => { if (request.url().includes('/threads')) asked += 1; });
  await widget.write(widget.form, 'Half a thou', { send: false });
  await widget.page.evaluate(() => {
    const place = document.createElement('aside');
    document.body.append(place);
    place.append(document.querySelector('afterword-comments'));
  });
  await widget.page.locator('aside afterword-comments').waitFor();
  await widget.comments('Under the first.').waitFor();
  assert.equal(await widget.form.getByRole('textbox').first().inputValue(), 'Half a thou');
  assert.equal(asked, 0, 'nothing is asked for again');
});

test('removed, it lets its stream go; put back, it works again', async (t) => {
  const { post, say } = await twoPosts(t);
  const window = await startWindow(t, browser);
  let streams = 0;
  window.on('request', (request) => { if (request.url().includes('/stream')) streams += 1; });
  const gone = (request) => { if (request.url().includes('/stream')) streams -= 1; };
  window.on('requestfailed', gone);
  window.on('requestfinished', gone);
  const widget = await Widget.open(window, post);
  await until(() => streams === 1, 'one stream');
  await widget.page.evaluate(() => {
    globalThis.kept = document.querySelector('afterword-comments');
    globalThis.kept.remove();
  });
  await until(() => streams === 0, 'the stream to end');
  await say.comment({ page: '/posts/first', body: 'Meanwhile.' });
  await widget.page.evaluate(() => document.querySelector('main').append(globalThis.kept));
  await widget.comments('Under the first.').waitFor();
  await widget.comments('Meanwhile.').waitFor();
  await until(() => streams === 1, 'one stream again');
  await widget.post('I am back.');
  assert.equal((await say.thread('/posts/first')).thread.count, 3);
  assert.deepEqual(window.complaints, []);
});

test('an element that a script makes later works like one of the page', async (t) => {
  const { server, host, say, post } = await twoPosts(t);
  host.pages['*'] = () => pageOf(`<script type="module" src="${server.url}/embed.js" data-site="blog"></script>`);
  const window = await startWindow(t, browser);
  const tab = await window.newPage();
  await tab.goto(post);
  await tab.waitForTimeout(300);
  await tab.evaluate(() => {
    const element = document.createElement('afterword-comments');
    element.setAttribute('page', '/posts/second');
    document.querySelector('main').append(element);
  });
  const widget = new Widget(tab);
  await widget.comments('Under the second.').waitFor();
  await widget.post('Made late.');
  assert.equal((await say.thread('/posts/second')).thread.count, 2);
});

test('two elements on one page each show their own thread', async (t) => {
  const { server, host, post } = await twoPosts(t);
  host.pages['*'] = () => pageOf(`<script type="module" src="${server.url}/embed.js" data-site="blog"></script>
    <afterword-comments page="/posts/first"></afterword-comments><afterword-comments page="/posts/second"></afterword-comments>`);
  const tab = await (await startWindow(t, browser)).newPage();
  await tab.goto(post);
  const [first, second] = [tab.locator('afterword-comments').first(), tab.locator('afterword-comments').last()];
  await first.getByText('Under the first.').waitFor();
  await second.getByText('Under the second.').waitFor();
  assert.equal(await first.getByRole('article').count(), 1);
  assert.equal(await second.getByRole('article').count(), 1);
});

test('the canonical link names the page, and a tracking parameter does not make another', async (t) => {
  const { server, host, say } = await twoPosts(t);
  const widget = await Widget.open(await startWindow(t, browser), `${host.url}/posts/first/?utm_source=mail&fbclid=x#top`);
  await widget.comments('Under the first.').waitFor();
  host.pages['/amp/first'] = () => pageOf(
    `<script type="module" src="${server.url}/embed.js" data-site="blog"></script><afterword-comments></afterword-comments>`,
    { head: `<link rel="canonical" href="${host.url}/posts/first/">` },
  );
  const other = await Widget.open(await startWindow(t, browser), `${host.url}/amp/first`);
  await other.comments('Under the first.').waitFor();
  await other.post('From the other address.');
  assert.equal((await say.thread('/posts/first')).thread.count, 2);
});
