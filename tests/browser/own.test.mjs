// What a reader has written: whose it is, and how it is shown while nobody else sees it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, startBlog, startBrowser, startWindow, until } from './support.mjs';
import { Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const page = '/posts/first';

test('two quick first votes of a new reader are one person’s', async (t) => {
  const { server, host, post } = await startBlog(t);
  for (const body of ['One.', 'Two.']) await api(server, host).comment({ page, body });
  const window = await startWindow(t, browser);
  const tokens = [];
  let release;
  const released = new Promise((done) => { release = done; });
  await window.route('**/vote', async (route) => {
    tokens.push(await route.request().headerValue('authorization'));
    await released;
    await route.continue();
  });
  const widget = await Widget.open(window, post);
  for (const body of ['One.', 'Two.']) await widget.vote(widget.comments(body), 'up');
  for (const body of ['One.', 'Two.']) assert.equal(await widget.pressed(widget.comments(body), 'up'), 'true', 'shown at once');
  release();
  await until(async () => (await api(server, host).thread(page)).comments.every(({ score }) => score === 1), 'both votes');
  assert.equal(tokens.length, 2);
  assert.equal(tokens[0], null);
  assert.match(tokens[1] ?? '', /^Bearer /, 'the second goes as the person that the first made');
  await widget.reload();
  for (const body of ['One.', 'Two.']) {
    await until(async () => await widget.pressed(widget.comments(body), 'up') === 'true', `${body} to be this reader’s vote`);
  }
});

test('a write that fails does not keep the next one back', async (t) => {
  const { server, host, post } = await startBlog(t);
  for (const body of ['One.', 'Two.']) await api(server, host).comment({ page, body });
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.page.route('**/vote', (route) => route.abort(), { times: 1 });
  for (const body of ['One.', 'Two.']) await widget.vote(widget.comments(body), 'up');
  await widget.comments('One.').getByRole('alert').filter({ hasText: widget.word('offline') }).waitFor();
  await until(async () => (await api(server, host).thread(page)).comments[1].score === 1, 'the second vote');
});

test('an edit that has to wait for approval is shown to its author as waiting, not as deleted', async (t) => {
  const { post } = await startBlog(t, { moderation: 'links' });
  const author = await Widget.open(await startWindow(t, browser), post);
  const mine = await author.post('Harmless.');
  const reader = await Widget.open(await startWindow(t, browser), post);
  await reader.listening();
  await author.listening();
  await author.edit(mine, 'Look at https://example.org/');
  await reader.comments(reader.word('deleted')).waitFor();
  // The author's page has heard of it, too, once it counts no comment any more.
  await until(async () => await author.title.textContent() === author.word('comments'), 'the count to go down');
  const waiting = author.comments('Look at');
  await waiting.getByText(author.word('held')).waitFor();
  assert.equal(await author.comments(author.word('deleted')).count(), 0);
  await author.reload();
  await author.comments('Look at').getByText(author.word('held')).waitFor();
});

test('in a locked thread one’s own comment can still be changed', async (t) => {
  const { server, host, post } = await startBlog(t);
  const widget = await Widget.open(await startWindow(t, browser), post);
  const mine = await widget.post('With a mistaek.');
  server.cli('thread', 'lock', '--site', 'blog', page);
  await widget.element.getByText(widget.word('locked')).waitFor();
  assert.equal(await widget.form.isVisible(), false);
  await widget.edit(mine, 'Without a mistake.');
  await widget.comments('Without a mistake.').waitFor();
  assert.match((await api(server, host).thread(page)).comments[0].html, /Without a mistake/);
});

test('a deep reply to a comment that was removed is shown, and breaks nothing', async (t) => {
  const { server, host, post } = await startBlog(t);
  const say = api(server, host);
  const chain = [];
  for (let depth = 0; depth <= 6; depth += 1) {
    const parent_id = chain.at(-1)?.comment.id;
    chain.push(await say.comment({ page, body: `Depth ${depth}.`, parent_id, author: { name: `P${depth}` } }));
  }
  await say.call('DELETE', `/comments/${chain[5].comment.id}`, { token: chain[5].edit_token });
  const window = await startWindow(t, browser);
  const widget = await Widget.open(window, post);
  await widget.comments('Depth 6.').waitFor();
  assert.equal(await widget.comments().count(), 7);
  await widget.comments(widget.word('deleted')).waitFor();
  assert.equal(await widget.comments('Depth 6.').locator('.reply-to').count(), 0, 'there is nobody to name');
  assert.deepEqual(window.complaints, []);
});
