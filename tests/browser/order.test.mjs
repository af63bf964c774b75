// The order of comments, and the pages they come in.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, startBlog, startBrowser, startWindow, until } from './support.mjs';
import { Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const page = '/posts/first';

test('the order can be chosen', async (t) => {
  const { server, host, post } = await startBlog(t);
  const say = api(server, host);
  await say.comment({ page, body: 'One.' });
  const two = await say.comment({ page, body: 'Two.' });
  await say.comment({ page, body: 'Three.' });
  await say.call('PUT', `/comments/${two.comment.id}/vote`, { body: { value: 1 } });
  const widget = await Widget.open(await startWindow(t, browser), post);
  const order = async (sort, wanted) => {
    await widget.element.getByRole('combobox').selectOption(sort);
    await until(async () => (await widget.texts()).join(' ') === wanted, `${sort}: ${wanted}`);
  };
  assert.equal((await widget.texts()).join(' '), 'One. Two. Three.');
  await order('newest', 'Three. Two. One.');
  await order('oldest', 'One. Two. Three.');
  await order('best', (await say.call('GET', `/threads?site=blog&page=${page}&sort=best`)).body.comments
    .map((one) => one.html.replace(/<\/?p>/g, '').trim()).join(' '));
  assert.equal((await widget.texts())[0], 'Two.');
});

test('more comments come on request and the keyboard goes to the first of them', async (t) => {
  const { server, host, post } = await startBlog(t, { attributes: 'limit="5"' });
  for (let number = 1; number <= 8; number += 1) await api(server, host).comment({ page, body: `Number ${number}.` });
  const widget = await Widget.open(await startWindow(t, browser), post);
  assert.equal(await widget.comments().count(), 5);
  await widget.button(widget.element, 'more').click();
  await until(async () => await widget.comments().count() === 8, 'the other three');
  await until(() => widget.hasFocus(widget.comments('Number 6.')), 'the focus on the first of them');
  assert.equal(await widget.button(widget.element, 'more').isVisible(), false);
});

test('the notice of new comments goes when the order is changed', async (t) => {
  const { server, host, post } = await startBlog(t, { attributes: 'limit="2"' });
  const say = api(server, host);
  for (const body of ['One.', 'Two.', 'Three.']) await say.comment({ page, body });
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.listening();
  await say.comment({ page, body: 'Four.' });
  await widget.notice.filter({ hasText: widget.word('fresh', { n: 1 }) }).waitFor();
  await widget.element.getByRole('combobox').selectOption('best');
  await until(async () => await widget.comments().count() === 2, 'the first page of the other order');
  assert.equal(await widget.notice.isVisible(), false);

  await say.comment({ page, body: 'Five.' });
  await widget.notice.filter({ hasText: widget.word('fresh', { n: 1 }) }).waitFor();
});

/** Keeps back every answer to what is asked for at `pattern`. Releasing waits until the page has them. */
async function holdBack(tab, pattern) {
  let release;
  const released = new Promise((done) => { release = done; });
  const asked = tab.waitForRequest((request) => pattern.test(request.url()));
  await tab.route(pattern, async (route) => {
    await released;
    await route.continue();
  });
  return {
    asked,
    release: async () => {
      const answered = tab.waitForResponse((answer) => pattern.test(answer.url()));
      release();
      await (await answered).finished();
      await tab.evaluate(() => new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); }));
    },
  };
}

test('of two quick changes of the order the last one counts', async (t) => {
  const { server, host, post } = await startBlog(t, { attributes: 'limit="2"' });
  for (const body of ['One.', 'Two.', 'Three.', 'Four.']) await api(server, host).comment({ page, body });
  const widget = await Widget.open(await startWindow(t, browser), post);
  const newest = await holdBack(widget.page, /threads\?.*sort=newest/);
  await widget.element.getByRole('combobox').selectOption('newest');
  await newest.asked;
  await widget.element.getByRole('combobox').selectOption('oldest');
  await until(async () => (await widget.texts()).join(' ') === 'One. Two.', 'the order chosen last');
  await newest.release();
  assert.equal((await widget.texts()).join(' '), 'One. Two.', 'what came late belongs to the other order');
  await widget.button(widget.element, 'more').click();
  await until(async () => (await widget.texts()).join(' ') === 'One. Two. Three. Four.', 'the next page of this one');
});

test('an answer that fails late does not speak of an order that is no longer wanted', async (t) => {
  const { server, host, post } = await startBlog(t);
  for (const body of ['One.', 'Two.']) await api(server, host).comment({ page, body });
  const widget = await Widget.open(await startWindow(t, browser), post);
  let fail;
  await widget.page.route(/threads\?.*sort=newest/, async (route) => {
    await new Promise((done) => { fail = done; });
    await route.abort();
  });
  await widget.element.getByRole('combobox').selectOption('newest');
  await until(() => fail, 'the newest to be asked for');
  await widget.element.getByRole('combobox').selectOption('oldest');
  await until(async () => (await widget.texts()).join(' ') === 'One. Two.', 'the order chosen last');
  const failed = widget.page.waitForEvent('requestfailed');
  fail();
  await failed;
  await widget.page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); }));
  assert.equal(await widget.element.getByRole('alert').filter({ hasText: /\S/ }).count(), 0);
});
