// What a reader can do, on a blog that is another site to the browser, under the strictest policy of its own.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { api, embed, hostPolicy, page as pageOf, startBlog, startBrowser, startHost, startPrivateWindow, startServer, startWindow, until } from './support.mjs';
import { PACE, Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const page = '/posts/first';

test('a reader posts, edits and votes without third-party cookies, reloads, and still owns the comment', async (t) => {
  const { server, host, post } = await startBlog(t);
  await api(server, host).comment({ page, body: 'Somebody was here before.' });
  const window = await startPrivateWindow(t);
  const widget = await Widget.open(window, post);

  await widget.post('My first thought.', { name: 'Reader' });
  await widget.edit(widget.comments('My first thought.'), 'My second thought.');
  await widget.comments('My second thought.').waitFor();
  const other = widget.comments('Somebody was here before.');
  await widget.vote(other, 'up');
  await widget.hasScore(other, 1);

  await widget.reload();
  const mine = widget.comments('My second thought.');
  await widget.button(mine, 'edit').waitFor();
  await until(async () => await widget.pressed(other, 'up') === 'true', 'the vote to be remembered');
  await widget.edit(mine, 'My third thought.');
  await widget.comments('My third thought.').waitFor();
  await widget.vote(other, 'up');
  await widget.hasScore(other, 0);

  const { comments } = await api(server, host).thread(page);
  assert.deepEqual(comments.map((one) => [one.author.name, one.html.trim()]), [
    ['Ann', '<p>Somebody was here before.</p>'],
    ['Reader', '<p>My third thought.</p>'],
  ]);
  assert.deepEqual(await window.cookies(), [], 'the comments set no cookie');
  assert.deepEqual(window.complaints, []);
});

test('the browser of that test really does refuse third-party cookies, and an ordinary one does not', async (t) => {
  let seen = [];
  const other = createServer((request, response) => {
    seen.push(request.headers.cookie ?? '');
    response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*');
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Set-Cookie', 'known=yes; SameSite=None; Secure; Path=/');
    response.end('ok');
  });
  await new Promise((ready) => other.listen(0, '127.0.0.1', ready));
  t.after(() => other.close());
  const host = await startHost(t, { pages: { '/': '<!doctype html><title>blog</title>' } });
  const cookiesIn = async (window) => {
    seen = [];
    const tab = await window.newPage();
    await tab.goto(host.url);
    for (const url of Array(2).fill(`http://127.0.0.1:${other.address().port}/`)) {
      await tab.evaluate((address) => fetch(address, { credentials: 'include' }).then((answer) => answer.text()), url);
    }
    return seen;
  };
  assert.deepEqual(await cookiesIn(await startPrivateWindow(t)), ['', '']);
  assert.deepEqual(await cookiesIn(await startPrivateWindow(t, { thirdPartyCookies: true })), ['', 'known=yes']);
});

test('what one reader owns is not the next reader’s to change', async (t) => {
  const { post } = await startBlog(t);
  const ann = await Widget.open(await startWindow(t, browser), post);
  await ann.post('Mine alone.');
  const bob = await Widget.open(await startWindow(t, browser), post);
  const comment = bob.comments('Mine alone.');
  await comment.waitFor();
  assert.equal(await bob.button(comment, 'edit').isVisible(), false);
  assert.equal(await bob.button(comment, 'delete').isVisible(), false);
  assert.equal(await bob.button(comment, 'report').isVisible(), true);
});

test('two presses of the button make one comment', async (t) => {
  const { server, host, post } = await startBlog(t);
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.write(widget.form, 'Once is enough.', { send: false });
  await widget.page.waitForTimeout(PACE);
  await widget.form.locator('.submit').dblclick();
  await widget.comments('Once is enough.').waitFor();
  assert.equal(await widget.comments().count(), 1);
  assert.equal((await api(server, host).thread(page)).thread.count, 1);
});

test('a draft survives a reload, a reply’s as well, and is gone once it is posted', async (t) => {
  const { server, host, post } = await startBlog(t);
  await api(server, host).comment({ page, body: 'What do you think?' });
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.write(widget.form, 'Half a thou', { send: false });
  await widget.button(widget.comments('What do you think?'), 'reply').click();
  await widget.write(widget.comments('What do you think?').locator('form'), 'Half a reply', { send: false });

  await widget.reload();
  assert.equal(await widget.form.getByRole('textbox').first().inputValue(), 'Half a thou');
  await widget.button(widget.comments('What do you think?'), 'reply').click();
  const area = widget.comments('What do you think?').locator('form').getByRole('textbox').first();
  assert.equal(await area.inputValue(), 'Half a reply');

  await widget.post('A whole thought.');
  await widget.reload();
  assert.equal(await widget.form.getByRole('textbox').first().inputValue(), '');
});

test('a ready theme and images need exactly the directives that the guide names', async (t) => {
  const { server, host, post } = await startBlog(t);
  server.cli('site', 'set', 'blog', '--images', 'on');
  host.pages['*'] = () => pageOf(embed(server), { head: `<link rel="stylesheet" href="${server.url}/w/latest/themes/paper.css">` });
  const body = '![A dot](https://pictures.example/dot.svg)';
  await api(server, host).comment({ page, body });
  const dot = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>';
  const open = async (policy) => {
    host.policy = policy;
    const window = await startWindow(t, browser);
    await window.route('https://pictures.example/**', (route) => route.fulfill({ contentType: 'image/svg+xml', body: dot }));
    const widget = await Widget.open(window, post);
    const picture = widget.element.getByRole('img', { name: 'A dot' });
    await picture.scrollIntoViewIfNeeded();
    return { window, widget, picture };
  };
  const without = await open(hostPolicy(server));
  assert.ok(without.window.complaints.length > 0, 'without them the browser says what it misses');
  const policy = hostPolicy(server).replace("style-src 'self'", `style-src 'self' ${server.origin}`).replace("img-src 'self'", "img-src 'self' https:");
  const { window, widget, picture } = await open(policy);
  await until(() => picture.evaluate((image) => image.naturalWidth === 8), 'the picture');
  const ink = await widget.element.evaluate((node) => getComputedStyle(node).getPropertyValue('--afterword-ink'));
  assert.equal(ink.trim(), '#33291f', 'the theme came');
  assert.deepEqual(window.complaints, []);
});

test('a change that was begun survives a reload, and is forgotten when it is saved or not wanted', async (t) => {
  const { post } = await startBlog(t);
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.post('As it was.');
  const comment = widget.comments('As it was.');
  const area = comment.locator('form').getByRole('textbox').first();
  await widget.button(comment, 'edit').click();
  await area.fill('Half a change');
  await widget.reload();
  assert.equal(await widget.form.getByRole('textbox').first().inputValue(), '', 'it is no draft of a new comment');
  await widget.button(comment, 'edit').click();
  assert.equal(await area.inputValue(), 'Half a change');
  await widget.button(comment.locator('form'), 'cancel').click();
  await widget.button(comment, 'edit').click();
  assert.equal(await area.inputValue(), 'As it was.');
  await area.fill('As it is now.');
  await comment.locator('form .submit').click();
  const changed = widget.comments('As it is now.');
  await widget.button(changed, 'edit').click();
  assert.equal(await changed.locator('form').getByRole('textbox').first().inputValue(), 'As it is now.');
});

test('when the server is away the text stays, and trying again makes one comment', async (t) => {
  const { server, host, post } = await startBlog(t);
  const widget = await Widget.open(await startWindow(t, browser), post);
  await server.stop();
  await widget.write(widget.form, 'Said into the void.');
  await widget.form.getByRole('alert').filter({ hasText: widget.word('offline') }).waitFor();
  assert.equal(await widget.form.getByRole('textbox').first().inputValue(), 'Said into the void.');

  const again = await startServer(t, { data: server.data, listen: new URL(server.url).host });
  await widget.button(widget.form, 'retry').click();
  await widget.comments('Said into the void.').waitFor();
  assert.equal((await api(again, host).thread(page)).thread.count, 1);
});

test('when only the answer is lost, trying again does not post twice', async (t) => {
  const { server, host, post } = await startBlog(t);
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.page.route('**/api/v1/comments', async (route) => {
    if (route.request().method() === 'POST') await route.fetch();
    await route.abort();
  }, { times: 1 });
  await widget.write(widget.form, 'Heard, but not answered.');
  await widget.button(widget.form, 'retry').click();
  await widget.comments('Heard, but not answered.').first().waitFor();
  await until(async () => await widget.form.getByRole('textbox').first().inputValue() === '', 'the form to be empty');
  assert.equal((await api(server, host).thread(page)).thread.count, 1);
  assert.equal(await widget.comments('Heard, but not answered.').count(), 1);
});

test('who was too quick is told so, and the same text is taken a moment later', async (t) => {
  const { server, host, post } = await startBlog(t);
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.write(widget.form, 'Pasted in one go.', { pace: 0 });
  await widget.form.getByRole('alert').filter({ hasText: /\S/ }).waitFor();
  await widget.page.waitForTimeout(PACE);
  await widget.button(widget.form, 'retry').click();
  await widget.comments('Pasted in one go.').waitFor();
  assert.equal((await api(server, host).thread(page)).thread.count, 1);
});

test('a refusal says what is wrong, and where', async (t) => {
  const { post, server, host } = await startBlog(t);
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.write(widget.form, '\u200b \u200b');
  const error = widget.form.getByRole('alert');
  await until(async () => (await error.textContent()).trim(), 'words about the empty comment');
  assert.equal((await api(server, host).thread(page)).thread.count, 0);
});

test('a comment from a page that is not the site’s is refused with the origin to add', async (t) => {
  const { server, post, host } = await startBlog(t);
  const stranger = await startHost(t);
  stranger.pages['*'] = host.pages['*'];
  stranger.policy = host.policy;
  const widget = await Widget.open(await startWindow(t, browser), `${stranger.url}/posts/first/`);
  await widget.write(widget.form, 'From elsewhere.');
  await widget.form.getByRole('alert').filter({ hasText: stranger.url }).waitFor();
  assert.notEqual(stranger.url, new URL(post).origin);
});

test('replies nest under what they answer, and past the display depth say whom they answer', async (t) => {
  const { server, host, post } = await startBlog(t);
  let parent;
  for (let depth = 0; depth <= 6; depth += 1) {
    parent = await api(server, host).comment({ page, body: `Depth ${depth}.`, parent_id: parent?.comment.id, author: { name: `P${depth}` } });
  }
  const widget = await Widget.open(await startWindow(t, browser), post);
  const left = async (depth) => (await widget.comments(`Depth ${depth}.`).boundingBox()).x;
  assert.ok(await left(1) > await left(0), 'a reply is indented');
  assert.equal(await left(5), await left(4), 'but not without end');
  const deep = widget.comments('Depth 5.');
  await deep.getByRole('link', { name: widget.word('replyingTo', { name: 'P4' }) }).waitFor();
});

test('one’s own comment can be deleted, and leaves a place where somebody answered', async (t) => {
  const { server, host, post } = await startBlog(t);
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.post('Answered.');
  await widget.reply(widget.comments('Answered.'), 'The answer.');
  await widget.button(widget.comments('Answered.'), 'delete').click();
  const question = widget.element.getByText(widget.word('confirm'));
  await question.waitFor();
  await widget.comments('Answered.').locator('form').getByRole('button', { name: widget.word('delete'), exact: true }).click();
  await widget.comments(widget.word('deleted')).waitFor();
  await widget.comments('The answer.').waitFor();
  const { comments } = await api(server, host).thread(page);
  assert.deepEqual(comments.map((one) => [one.deleted, one.author?.name ?? null]), [[true, null], [false, 'Ann']]);
});

test('a reader reports a comment, and is told that it arrived', async (t) => {
  const { server, host, post } = await startBlog(t);
  await api(server, host).comment({ page, body: 'Buy watches.' });
  const widget = await Widget.open(await startWindow(t, browser), post);
  const comment = widget.comments('Buy watches.');
  await widget.button(comment, 'report').click();
  await widget.field(comment, 'why').fill('An advertisement.');
  await comment.locator('form .submit').click();
  await comment.getByText(widget.word('reported')).waitFor();
});

test('the preview shows what the comment will look like', async (t) => {
  const { post } = await startBlog(t);
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.write(widget.form, 'Some **bold** words and `code`. <b>raw</b>', { send: false });
  await widget.button(widget.form, 'preview').click();
  await widget.form.locator('strong', { hasText: 'bold' }).waitFor();
  assert.equal(await widget.form.locator('b').count(), 0, 'raw HTML is off');
  await widget.button(widget.form, 'preview').click();
  assert.match(await widget.form.getByRole('textbox').first().inputValue(), /^Some \*\*bold/);
});

test('a comment says when it was written: roughly to read, exactly on hover and focus', async (t) => {
  const { post } = await startBlog(t);
  const widget = await Widget.open(await startWindow(t, browser), post);
  const comment = await widget.post('Readable by all.');
  assert.ok(await comment.getByRole('link').filter({ has: widget.page.locator('time') }).isVisible());
  const time = comment.locator('time');
  assert.match(await time.getAttribute('datetime'), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  const exact = await time.getAttribute('title');
  assert.ok(exact.length > 8, 'the exact time is there on hover');
  const link = comment.getByRole('link').filter({ has: widget.page.locator('time') });
  const shown = () => link.evaluate((node) => getComputedStyle(node, '::after').content);
  assert.equal(await shown(), 'none');
  await comment.focus();
  await widget.page.keyboard.press('Tab');
  if (!await widget.hasFocus(link)) await widget.page.keyboard.press('Tab');
  assert.equal(await widget.hasFocus(link), true);
  assert.equal(await shown(), JSON.stringify(exact), 'and for who goes there with the keyboard');
});

test('without storage the reader can still take part until the page is left', async (t) => {
  const { post } = await startBlog(t);
  const window = await startWindow(t, browser);
  await window.addInitScript(() => {
    Object.defineProperty(globalThis, 'localStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } });
  });
  const widget = await Widget.open(window, post);
  await widget.post('Nothing is remembered.');
  await widget.edit(widget.comments('Nothing is remembered.'), 'But this page is.');
  await widget.comments('But this page is.').waitFor();
  assert.deepEqual(window.complaints, []);
});

test('the events that a page can listen to are sent', async (t) => {
  const { post } = await startBlog(t);
  const window = await startWindow(t, browser);
  await window.addInitScript(() => {
    globalThis.heard = [];
    for (const name of ['ready', 'posted', 'edited', 'voted', 'deleted', 'error']) {
      addEventListener(`afterword:${name}`, ({ detail }) => globalThis.heard.push([name, Object.keys(detail).sort().join()]));
    }
  });
  const widget = await Widget.open(window, post);
  const mine = await widget.post('Heard.');
  await widget.vote(mine, 'up');
  await widget.hasScore(mine, 1);
  await widget.edit(mine, 'Heard twice.');
  await widget.comments('Heard twice.').waitFor();
  await until(() => widget.page.evaluate(() => globalThis.heard.length >= 4), 'the events');
  const names = (await widget.page.evaluate(() => globalThis.heard)).map(([name]) => name);
  assert.deepEqual(names, ['ready', 'posted', 'voted', 'edited']);
});
