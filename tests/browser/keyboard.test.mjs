// With the keyboard alone, and where the focus is at each step.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, startBlog, startBrowser, startWindow, until } from './support.mjs';
import { PACE, Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const page = '/posts/first';

/** Presses Tab until `locator` has the focus; fails when the whole page has been gone round. */
async function tabTo(widget, locator, { back = false } = {}) {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await locator.count() && await widget.hasFocus(locator)) return presses;
    await widget.page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
  }
  throw new Error('not to be reached with the Tab key');
}

test('a comment is written, sent, answered, changed and deleted without a mouse', async (t) => {
  const { post, server, host } = await startBlog(t);
  const widget = await Widget.open(await startWindow(t, browser), post);
  const keys = widget.page.keyboard;
  await tabTo(widget, widget.form.getByRole('textbox').first());
  await keys.type('By hand.');
  await tabTo(widget, widget.field(widget.form, 'name'));
  await keys.type('Ann');
  await tabTo(widget, widget.form.locator('.submit'));
  await widget.page.waitForTimeout(PACE);
  await keys.press('Enter');
  const mine = widget.comments('By hand.');
  await mine.waitFor();
  await until(() => widget.hasFocus(mine), 'the focus on the new comment');

  await tabTo(widget, widget.button(mine, 'reply'));
  await keys.press('Enter');
  await until(() => widget.hasFocus(mine.locator('form').getByRole('textbox').first()), 'the focus in the reply');
  await keys.type('To myself.');
  await widget.page.waitForTimeout(PACE);
  await keys.press('Control+Enter');
  const answer = widget.comments('To myself.');
  await answer.waitFor();

  await tabTo(widget, widget.button(answer, 'edit'));
  await keys.press('Space');
  const area = answer.locator('form').getByRole('textbox');
  await until(() => area.count().then((there) => there && widget.hasFocus(area)), 'the focus in the edit form');
  await keys.press('Control+End');
  await keys.type(' Again.');
  await keys.press('Control+Enter');
  await widget.comments('To myself. Again.').waitFor();
  await until(() => widget.hasFocus(widget.button(answer, 'edit')), 'the focus back on Edit');

  await tabTo(widget, widget.button(answer, 'delete'));
  await keys.press('Enter');
  await tabTo(widget, answer.locator('form').getByRole('button', { name: widget.word('delete'), exact: true }));
  await keys.press('Enter');
  await until(async () => (await api(server, host).thread(page)).thread.count === 1, 'the reply to be gone');
});

test('Escape closes a form, and the focus is back on what opened it', async (t) => {
  const { server, host, post } = await startBlog(t);
  await api(server, host).comment({ page, body: 'Something.' });
  const widget = await Widget.open(await startWindow(t, browser), post);
  const comment = widget.comments('Something.');
  for (const opener of ['reply', 'report']) {
    const button = widget.button(comment, opener).first();
    await tabTo(widget, button);
    await widget.page.keyboard.press('Enter');
    await comment.locator('form').waitFor();
    assert.equal(await button.getAttribute('aria-expanded'), 'true');
    await widget.page.keyboard.press('Escape');
    await comment.locator('form').waitFor({ state: 'detached' });
    assert.equal(await widget.hasFocus(button), true, `${opener} has the focus again`);
    assert.equal(await button.getAttribute('aria-expanded'), 'false');
  }
});

test('Cancel closes a form as Escape does', async (t) => {
  const { server, host, post } = await startBlog(t);
  await api(server, host).comment({ page, body: 'Something.' });
  const widget = await Widget.open(await startWindow(t, browser), post);
  const comment = widget.comments('Something.');
  await widget.button(comment, 'reply').click();
  await widget.button(comment, 'cancel').click();
  await comment.locator('form').waitFor({ state: 'detached' });
  assert.equal(await widget.hasFocus(widget.button(comment, 'reply')), true);
});

test('what has the focus can be seen', async (t) => {
  const { server, host, post } = await startBlog(t);
  await api(server, host).comment({ page, body: 'Something.' });
  const widget = await Widget.open(await startWindow(t, browser), post);
  const comment = widget.comments('Something.');
  for (const key of ['up', 'down', 'reply', 'report']) {
    const button = widget.button(comment, key).first();
    await tabTo(widget, button);
    const outline = await button.evaluate((node) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(node);
      return { outlined: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1.5, boxShadow };
    });
    assert.ok(outline.outlined || outline.boxShadow !== 'none', `${key} shows its focus`);
  }
});

test('a screen reader hears landmarks, headings, and what happened', async (t) => {
  const { server, host, post } = await startBlog(t);
  await api(server, host).comment({ page, body: 'Something.', author: { name: 'Bob' } });
  const widget = await Widget.open(await startWindow(t, browser), post);
  const { page: tab } = widget;
  await tab.getByRole('region', { name: widget.word('title', { n: 1 }) }).waitFor();
  await tab.getByRole('heading', { level: 2, name: widget.word('title', { n: 1 }) }).waitFor();
  await tab.getByRole('article', { name: widget.word('by', { name: 'Bob' }) }).waitFor();
  await widget.post('Mine.');
  await until(async () => await widget.status.textContent() === widget.word('posted'), 'the status to say so');
});
