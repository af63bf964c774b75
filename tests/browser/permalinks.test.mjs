// Links that lead to one comment: found, further down, or gone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, startBlog, startBrowser, startWindow, until } from './support.mjs';
import { Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const page = '/posts/first';

test('a permalink scrolls to its comment and marks it', async (t) => {
  const { server, host, post } = await startBlog(t);
  const ids = [];
  for (let number = 1; number <= 30; number += 1) {
    ids.push((await api(server, host).comment({ page, body: `Comment number ${number}.` })).comment.id);
  }
  const widget = await Widget.open(await startWindow(t, browser), `${post}#afterword-${ids[24]}`);
  const wanted = widget.comments('Comment number 25.');
  const inView = () => wanted.evaluate((node) => {
    const { top, bottom } = node.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });
  await until(inView, 'the comment to scroll into view');
  assert.equal(await wanted.evaluate((node) => node.classList.contains('marked')), true);

  // Another comment's time is its permalink.
  await widget.comments('Comment number 3.').getByRole('link').filter({ has: widget.page.locator('time') }).click();
  await until(() => widget.comments('Comment number 3.').evaluate((node) => node.classList.contains('marked')), 'the mark to move');
  assert.equal(new URL(widget.page.url()).hash, `#afterword-${ids[2]}`);
});

test('a permalink to a comment of a later page is found', async (t) => {
  const { server, host, post } = await startBlog(t, { attributes: 'limit="5"' });
  let last;
  for (let number = 1; number <= 12; number += 1) last = await api(server, host).comment({ page, body: `Number ${number}.` });
  const widget = await Widget.open(await startWindow(t, browser), `${post}#afterword-${last.comment.id}`);
  await until(() => widget.comments('Number 12.').evaluate((node) => node.classList.contains('marked')), 'the mark');
});

/** Counts how often the thread is asked for. */
function countReads(window) {
  const reads = { count: 0 };
  window.on('request', (request) => { if (request.url().includes('/api/v1/threads?')) reads.count += 1; });
  return reads;
}

/** Posts so many comments; answers the id of one that is deleted again. */
async function withOneGone(say, total, gone) {
  let posted;
  for (let number = 1; number <= total; number += 1) {
    const one = await say.comment({ page, body: `Number ${number}.` });
    if (number === gone) posted = one;
  }
  await say.call('DELETE', `/comments/${posted.comment.id}`, { token: posted.edit_token });
  return posted.comment.id;
}

test('a permalink to a comment that is gone is told calmly, after a look at few pages', async (t) => {
  const { server, host, post } = await startBlog(t, { attributes: 'limit="1" sort="newest"' });
  const gone = await withOneGone(api(server, host), 15, 2);
  const window = await startWindow(t, browser);
  const reads = countReads(window);
  const widget = await Widget.open(window, `${post}#afterword-${gone}`);
  const note = widget.element.getByText(widget.word('lost'));
  await note.waitFor();
  await until(() => widget.hasFocus(note), 'the focus on the note, as on a comment that is found');
  assert.equal(reads.count, 11, 'the first page and ten more');
  assert.equal(await widget.element.getByRole('alert').filter({ hasText: /\S/ }).count(), 0, 'it is no error');
  assert.equal(await widget.button(widget.element, 'more').isVisible(), true, 'the rest is still there to ask for');
  assert.deepEqual(window.complaints, []);

  await widget.page.evaluate((id) => { location.hash = id; }, await widget.comments().first().locator('time').evaluate(
    (time) => time.closest('a').hash,
  ));
  await note.waitFor({ state: 'hidden' });
});
