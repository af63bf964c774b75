// What the server refuses, in the reader's own language, and what becomes of the words when all is well again.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, startBlog, startBrowser, startHost, startWindow, until } from './support.mjs';
import { Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const page = '/posts/first';

const alertIn = (place, text) => place.getByRole('alert').filter({ hasText: text });

for (const language of ['de', 'ja']) {
  test(`in ${language}, the form says in that language why a comment was not taken`, async (t) => {
    const { post } = await startBlog(t, { lang: language });
    const widget = await Widget.open(await startWindow(t, browser), post, language);
    const { form } = widget;
    await widget.write(form, 'Pasted in one go.', { pace: 0 });
    await alertIn(form, widget.word('wait')).waitFor();

    await widget.write(form, '\u200b \u200b');
    await alertIn(form, widget.word('check')).waitFor();
    const area = form.getByRole('textbox').first();
    assert.equal(await area.getAttribute('aria-invalid'), 'true');
    assert.equal(await widget.hasFocus(area), true, 'and the focus is where it is wrong');
  });
}

test('in German, what cannot be done to a comment any more is said in German', async (t) => {
  const { server, host, post } = await startBlog(t, { lang: 'de', env: { AFTERWORD_LIMITS_VOTES_PER_MINUTE: '1' } });
  const say = api(server, host);
  const first = await say.comment({ page, body: 'First.' });
  await say.comment({ page, body: 'Second.' });
  const window = await startWindow(t, browser);
  // Nothing tells this page what happens elsewhere.
  await window.route('**/api/v1/stream?*', (route) => route.abort());
  const widget = await Widget.open(window, post, 'de');
  const [one, two] = [widget.comments('First.'), widget.comments('Second.')];
  await widget.vote(two, 'up');
  await widget.vote(two, 'down');
  await alertIn(two, widget.word('wait')).waitFor();

  await widget.button(two, 'reply').click();
  await widget.write(two.locator('form'), 'Too late.');
  await widget.comments('Too late.').waitFor();
  await widget.button(two, 'reply').click();
  server.cli('thread', 'lock', '--site', 'blog', page);
  await widget.write(two.locator('form'), 'Later still.');
  await alertIn(two.locator('form'), widget.word('refused')).waitFor();
  await widget.element.getByText(widget.word('locked')).waitFor();

  await say.call('DELETE', `/comments/${first.comment.id}`, { token: first.edit_token });
  await widget.button(one, 'report').click();
  await widget.field(one, 'why').fill('Anything.');
  await one.locator('form .submit').click();
  await alertIn(one, widget.word('deleted')).waitFor();
});

test('what is wrong with the setup stays in the server’s words, in any language', async (t) => {
  const { host } = await startBlog(t, { lang: 'de' });
  const stranger = await startHost(t);
  stranger.pages['*'] = host.pages['*'];
  const widget = await Widget.open(await startWindow(t, browser), `${stranger.url}/posts/first/`, 'de');
  await widget.write(widget.form, 'From elsewhere.');
  await alertIn(widget.form, stranger.url).waitFor();
});

test('an error of a comment goes when the next try succeeds', async (t) => {
  const { server, host, post } = await startBlog(t);
  await api(server, host).comment({ page, body: 'Something.' });
  const widget = await Widget.open(await startWindow(t, browser), post);
  const comment = widget.comments('Something.');
  await widget.page.route('**/vote', (route) => route.abort(), { times: 1 });
  await widget.vote(comment, 'up');
  await alertIn(comment, widget.word('offline')).waitFor();
  await widget.hasScore(comment, 0);
  await widget.vote(comment, 'up');
  await until(async () => (await api(server, host).thread(page)).comments[0].score === 1, 'the vote to arrive');
  await widget.hasScore(comment, 1);
  assert.equal(await alertIn(comment, /\S/).count(), 0, 'nothing is said of the try before');
});
