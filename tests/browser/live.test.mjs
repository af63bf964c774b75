// What happens while people read: moderation, and comments that come in.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Admin } from './admin.mjs';
import { api, createAdmin, startBlog, startBrowser, startPrivateWindow, startServer, startWindow, until } from './support.mjs';
import { Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const page = '/posts/first';

test('a held comment is seen by its author only, and once approved arrives live as a quiet notice', async (t) => {
  const { server, host, post } = await startBlog(t, { moderation: 'all' });
  createAdmin(server);
  const author = await Widget.open(await startPrivateWindow(t), post);
  const reader = await Widget.open(await startWindow(t, browser), post);

  const held = await author.post('Please let me in.', { name: 'Newcomer' });
  await held.getByText(author.word('held')).waitFor();
  await author.reload();
  await author.comments('Please let me in.').waitFor();
  await reader.reload();
  assert.equal(await reader.comments().count(), 0);
  assert.equal((await api(server, host).thread(page)).comments.length, 0);
  await reader.listening();
  await author.listening();

  const admin = await Admin.open(await startWindow(t, browser), server);
  await admin.go('/queue');
  await admin.act('Please let me in.', 'Approve');

  await reader.notice.filter({ hasText: reader.word('fresh', { n: 1 }) }).waitFor();
  assert.equal(await reader.comments().count(), 0, 'it does not come in by itself');
  await reader.notice.click();
  await reader.comments('Please let me in.').waitFor();
  assert.equal(await reader.notice.isVisible(), false);
  await until(async () => !(await author.comments('Please let me in.').textContent()).includes(author.word('held')),
    'the author’s window to show it as published');
});

test('new replies are counted, and what is read does not move until they are opened', async (t) => {
  const { server, host, post } = await startBlog(t);
  const say = api(server, host);
  const ids = [];
  for (let number = 1; number <= 20; number += 1) ids.push((await say.comment({ page, body: `Line ${number}.` })).comment.id);
  const widget = await Widget.open(await startWindow(t, browser), post);
  const read = widget.comments('Line 12.');
  await read.scrollIntoViewIfNeeded();
  const before = await read.boundingBox();
  await widget.listening();

  await say.comment({ page, body: 'A reply far above.', parent_id: ids[0], author: { name: 'Bob' } });
  await say.comment({ page, body: 'And one at the end.', author: { name: 'Bob' } });
  await widget.notice.filter({ hasText: widget.word('fresh', { n: 2 }) }).waitFor();
  assert.equal(await widget.comments().count(), 20);
  assert.deepEqual(await read.boundingBox(), before);
  assert.equal(await widget.status.textContent(), widget.word('fresh', { n: 2 }), 'it is said aloud, politely');

  await widget.notice.click();
  await until(async () => await widget.comments().count() === 22, 'both to come in');
  const texts = await widget.texts();
  assert.equal(texts[1], 'A reply far above.');
  assert.equal(texts[21], 'And one at the end.');
  await until(() => widget.hasFocus(widget.comments('A reply far above.')), 'the focus on the first of them');
});

test('an open form and its text stay when new replies are opened', async (t) => {
  const { server, host, post } = await startBlog(t);
  const say = api(server, host);
  const first = await say.comment({ page, body: 'First.' });
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.button(widget.comments('First.'), 'reply').click();
  await widget.write(widget.comments('First.').locator('form'), 'I am still wri', { send: false });
  await widget.listening();
  await say.comment({ page, body: 'Quicker.', parent_id: first.comment.id });
  await widget.notice.click();
  await widget.comments('Quicker.').waitFor();
  assert.equal(await widget.comments('First.').locator('form').getByRole('textbox').first().inputValue(), 'I am still wri');
});

test('an edit, a deletion and a vote elsewhere show up where somebody reads', async (t) => {
  const { post } = await startBlog(t);
  const writer = await Widget.open(await startWindow(t, browser), post);
  await writer.post('Written.');
  await writer.post('Regretted.');
  const reader = await Widget.open(await startWindow(t, browser), post);
  await reader.comments('Regretted.').waitFor();
  await reader.listening();
  await writer.edit(writer.comments('Written.'), 'Rewritten.');
  await reader.comments('Rewritten.').waitFor();
  await writer.button(writer.comments('Regretted.'), 'delete').click();
  await writer.comments('Regretted.').locator('form').getByRole('button', { name: writer.word('delete'), exact: true }).click();
  await reader.comments(reader.word('deleted')).waitFor();
  assert.equal(await reader.comments('Regretted.').count(), 0);
});

test('what is posted while the live stream is still on its way is not missed', async (t) => {
  const { server, host, post } = await startBlog(t);
  await api(server, host).comment({ page, body: 'Before.' });
  const window = await startWindow(t, browser);
  let hold = () => {};
  await window.route('**/api/v1/stream?*', async (route) => {
    await new Promise((go) => { hold = go; });
    await route.continue();
  });
  const widget = await Widget.open(window, post);
  await widget.comments('Before.').waitFor();
  await widget.page.waitForTimeout(300);
  await api(server, host).comment({ page, body: 'In between.' });
  hold();
  await widget.notice.filter({ hasText: widget.word('fresh', { n: 1 }) }).waitFor();
});

test('a stream that broke is taken up again, and nothing in between is missed', async (t) => {
  const { server, host, post } = await startBlog(t);
  await api(server, host).comment({ page, body: 'Before.' });
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.listening();
  await server.stop();
  const again = await startServer(t, { data: server.data, listen: new URL(server.url).host });
  await api(again, host).comment({ page, body: 'While nobody listened.' });
  await widget.notice.filter({ hasText: widget.word('fresh', { n: 1 }) }).waitFor({ timeout: 20_000 });
});

test('a pinned comment stands first; a locked thread says so and takes no more', async (t) => {
  const { server, host, post } = await startBlog(t);
  createAdmin(server);
  const say = api(server, host);
  await say.comment({ page, body: 'The first.' });
  await say.comment({ page, body: 'The one to read.' });
  const reader = await Widget.open(await startWindow(t, browser), post);
  await reader.listening();

  const admin = await Admin.open(await startWindow(t, browser), server);
  await admin.go('/queue?status=all');
  await admin.link(/^Open/, admin.item('The one to read.')).click();
  await admin.button('Pin to the top').click();
  await admin.button('Unpin').waitFor();
  await admin.button('Lock the thread').click();
  await admin.button('Unlock the thread').waitFor();

  await reader.element.getByText(reader.word('locked')).waitFor();
  await reader.page.reload();
  await reader.element.getByText(reader.word('locked')).waitFor();
  await until(async () => (await reader.texts()).join(' ') === 'The one to read. The first.', 'the pinned one first');
  await reader.comments('The one to read.').getByText(reader.word('pinned')).waitFor();
  assert.equal(await reader.form.isVisible(), false, 'there is no form to fill in for nothing');
  assert.equal(await reader.button(reader.comments('The first.'), 'reply').isVisible(), false);
  const refused = await say.call('POST', '/comments', { body: { site: 'blog', page, body: 'Too late.', author: { name: 'Ann' } } });
  assert.equal(refused.status, 403);
});
