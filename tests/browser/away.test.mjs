// What happened while nobody looked: in a tab in the background, or before the comments came near.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Admin } from './admin.mjs';
import { api, createAdmin, embed, page as pageOf, startBlog, startBrowser, startWindow, until } from './support.mjs';
import { Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const page = '/posts/first';

/** Opens the page with a clock of its own and waits until it listens. */
async function openTab(t, post) {
  const window = await startWindow(t, browser);
  const tab = await window.newPage();
  await tab.clock.install();
  let streams = 0;
  tab.on('request', (request) => { if (request.url().includes('/stream?')) streams += 1; });
  for (const end of ['requestfailed', 'requestfinished']) {
    tab.on(end, (request) => { if (request.url().includes('/stream?')) streams -= 1; });
  }
  const widget = await Widget.open(window, post);
  await widget.listening();
  const turn = (hidden) => tab.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  return {
    widget,
    window,
    hide: async (milliseconds) => {
      await turn(true);
      await tab.clock.fastForward(milliseconds);
      await until(() => streams === 0, 'the stream to be let go');
    },
    show: () => turn(false),
  };
}

async function remove(say, { comment, edit_token: token }) {
  const answer = await say.call('DELETE', `/comments/${comment.id}`, { token });
  assert.equal(answer.status, 204);
}

test('what was removed while the tab was hidden is gone on return, in a thread with further pages', async (t) => {
  const { server, host, post } = await startBlog(t, { attributes: 'limit="4"' });
  const say = api(server, host);
  const posted = [];
  for (let number = 1; number <= 8; number += 1) posted.push(await say.comment({ page, body: `Number ${number}.` }));
  const { widget, window, hide, show } = await openTab(t, post);
  await hide(61_000);
  await remove(say, posted[1]);
  await remove(say, posted[3]);
  await show();
  await until(async () => await widget.comments(widget.word('deleted')).count() === 2, 'notes in their places');
  assert.deepEqual(await widget.texts(), ['Number 1.', widget.word('deleted'), 'Number 3.', widget.word('deleted')]);
  assert.equal(await widget.title.textContent(), widget.word('title', { n: 6 }));
  assert.equal(await widget.notice.isVisible(), false, 'what stands on the next page is not new');
  assert.deepEqual(window.complaints, []);
});

test('what was approved while the tab was hidden is offered on return, however old it is', async (t) => {
  const { server, host, post } = await startBlog(t, { moderation: 'all' });
  createAdmin(server);
  const say = api(server, host);
  for (const body of ['The early one.', 'The late one.']) await say.comment({ page, body });
  const admin = await Admin.open(await startWindow(t, browser), server);
  await admin.go('/queue');
  await admin.act('The late one.', 'Approve');
  const { widget, hide, show } = await openTab(t, post);
  await hide(61_000);
  await admin.act('The early one.', 'Approve');
  await show();
  await widget.notice.filter({ hasText: widget.word('fresh', { n: 1 }) }).waitFor();
  await widget.notice.click();
  await until(async () => (await widget.texts()).join(' ') === 'The early one. The late one.', 'both in their order');
});

test('after more than a day in the background the thread is read anew', async (t) => {
  const { server, host, post } = await startBlog(t);
  const say = api(server, host);
  await say.comment({ page, body: 'To stay.' });
  const gone = await say.comment({ page, body: 'To go.' });
  const { widget, window, hide, show } = await openTab(t, post);
  await widget.write(widget.form, 'Half a thou', { send: false });
  await hide(25 * 3_600_000);
  await remove(say, gone);
  await show();
  await until(async () => (await widget.texts()).join(' ') === 'To stay.', 'the thread as it is now');
  assert.equal(await widget.form.getByRole('textbox').first().inputValue(), 'Half a thou');
  assert.deepEqual(window.complaints, []);
});

test('what was removed before the comments came near is gone when they do', async (t) => {
  const { server, host, post } = await startBlog(t, { attributes: 'limit="2"' });
  host.pages['*'] = () => pageOf(`<svg display="block" width="1" height="4000"></svg>${embed(server, 'blog', 'limit="2"')}`);
  const say = api(server, host);
  const posted = [];
  for (let number = 1; number <= 4; number += 1) posted.push(await say.comment({ page, body: `Number ${number}.` }));
  const widget = await Widget.open(await startWindow(t, browser), post);
  assert.equal(widget.streaming, false, 'nobody is near enough to be told');
  await remove(say, posted[0]);
  await widget.element.scrollIntoViewIfNeeded();
  await widget.comments(widget.word('deleted')).waitFor();
  assert.deepEqual(await widget.texts(), [widget.word('deleted'), 'Number 2.']);
});

test('when fewer new comments are left, the notice counts them, and nothing is said aloud again', async (t) => {
  const { server, host, post } = await startBlog(t);
  const say = api(server, host);
  await say.comment({ page, body: 'First.' });
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.listening();
  const said = () => widget.status.textContent();
  const one = await say.comment({ page, body: 'Second.' });
  await say.comment({ page, body: 'Third.' });
  await widget.notice.filter({ hasText: widget.word('fresh', { n: 2 }) }).waitFor();
  assert.equal(await said(), widget.word('fresh', { n: 2 }));
  await remove(say, one);
  await widget.notice.filter({ hasText: widget.word('fresh', { n: 1 }) }).waitFor();
  assert.equal(await said(), widget.word('fresh', { n: 2 }), 'one that is gone is no news');
  await say.comment({ page, body: 'Fourth.' });
  await say.comment({ page, body: 'Fifth.' });
  await until(async () => await said() === widget.word('fresh', { n: 3 }), 'three to be told of');
});
