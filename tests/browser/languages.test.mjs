// The thirteen languages, and the scripts that run from right to left.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { api, project, startBlog, startBrowser, startWindow, until } from './support.mjs';
import { Widget } from './widget.mjs';

const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'pl', 'ru', 'uk', 'zh', 'ja', 'ar'];
const page = '/posts/first';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

for (const language of LANGUAGES) {
  test(`in ${language} every word, number and plural is the language’s own`, async (t) => {
    const { server, host, post } = await startBlog(t, { lang: language });
    const say = api(server, host);
    const window = await startWindow(t, browser);
    const widget = await Widget.open(window, post, language);
    assert.equal((await widget.title.textContent()).trim(), widget.word('comments'));
    await widget.element.getByText(widget.word('empty')).waitFor();
    for (const total of [1, 2, 5]) {
      const { thread } = await say.thread(page);
      for (let number = thread.count; number < total; number += 1) await say.comment({ page, body: `Nr. ${number}` });
      await widget.reload();
      assert.equal((await widget.title.textContent()).trim(), widget.word('title', { n: total }));
    }
    const first = widget.comments('Nr. 0');
    await widget.button(first, 'reply').first().waitFor();
    const now = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(0, 'second');
    assert.equal(await first.locator('time').textContent(), now);
    assert.equal(await widget.element.locator('.shell').getAttribute('lang'), language);
    assert.deepEqual(window.complaints, []);
  });
}

test('a language file has nothing that English has not, and its plurals are those of the language', () => {
  const read = (name) => JSON.parse(readFileSync(join(project, 'static/widget/lang', `${name}.json`), 'utf8'));
  const english = read('en');
  for (const language of LANGUAGES) {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, entry] of Object.entries(read(language))) {
      assert.ok(key in english, `${language}.json: ${key}`);
      assert.equal(typeof entry, typeof english[key], `${language}.json: ${key}`);
      if (typeof entry !== 'object') continue;
      assert.ok('other' in entry, `${language}.json: ${key} has no form for "other"`);
      for (const form of Object.keys(entry)) assert.ok(forms.includes(form), `${language}.json: ${key}.${form}`);
    }
  }
});

test('a language without a file falls back to English, and a longer tag to its first part', async (t) => {
  const { host, post } = await startBlog(t, { lang: 'sv' });
  const swedish = await Widget.open(await startWindow(t, browser), post, 'en');
  assert.equal((await swedish.title.textContent()).trim(), swedish.word('comments'));
  const markup = host.pages['*']().replace('lang="sv"', 'lang="pt-BR"');
  host.pages['*'] = markup;
  const brazilian = await Widget.open(await startWindow(t, browser), post, 'pt');
  assert.equal((await brazilian.title.textContent()).trim(), brazilian.word('comments'));
});

test('a language whose file does not come falls back to English', async (t) => {
  const { server, host, post } = await startBlog(t, { lang: 'de' });
  await api(server, host).comment({ page, body: 'Ein Kommentar.' });
  const window = await startWindow(t, browser);
  await window.route('**/de.json', (route) => route.fulfill({ status: 404, headers: { 'Access-Control-Allow-Origin': '*' }, contentType: 'application/problem+json', body: '{}' }));
  const widget = await Widget.open(window, post, 'en');
  assert.equal((await widget.title.textContent()).trim(), widget.word('title', { n: 1 }));
  assert.equal(await widget.element.locator('.shell').getAttribute('lang'), 'en', 'a screen reader says it in English');
  await widget.button(widget.comments('Ein Kommentar.'), 'reply').waitFor();
  assert.deepEqual(window.complaints, []);
});

test('without any words there is an understandable message, and trying again brings the comments', async (t) => {
  const { server, host, post } = await startBlog(t, { lang: 'de' });
  await api(server, host).comment({ page, body: 'Ein Kommentar.' });
  const window = await startWindow(t, browser);
  await window.route(/\/(de|en)\.json$/, (route) => route.abort());
  const widget = new Widget(await window.newPage(), 'de');
  await widget.page.goto(post);
  const message = widget.element.getByRole('alert').filter({ hasText: 'Comments could not be loaded.' });
  const again = widget.element.getByRole('button', { name: 'Try again' });
  await message.waitFor();
  const first = await again.elementHandle();
  await again.press('Enter');
  await until(() => first.evaluate((node) => !node.isConnected), 'the second try to fail');
  assert.equal(await widget.hasFocus(again), true, 'the focus stays where it can be tried once more');
  await message.waitFor();
  await window.unroute(/\/(de|en)\.json$/);
  await again.click();
  await widget.ready();
  assert.equal((await widget.title.textContent()).trim(), widget.word('title', { n: 1 }));
  assert.equal(await message.count(), 0);
  assert.deepEqual(window.complaints, []);
});

test('the element’s own lang wins over the page’s', async (t) => {
  const { post } = await startBlog(t, { lang: 'en', attributes: 'lang="de"' });
  const widget = await Widget.open(await startWindow(t, browser), post, 'de');
  assert.equal((await widget.title.textContent()).trim(), widget.word('comments'));
});

test('Arabic lays out from right to left, and each comment runs the way of its own script', async (t) => {
  const { server, host, post } = await startBlog(t, { lang: 'ar', dir: 'rtl' });
  const say = api(server, host);
  const root = await say.comment({ page, body: 'تعليق أول على هذه الصفحة', author: { name: 'ليلى' } });
  await say.comment({ page, body: 'An English reply.', parent_id: root.comment.id, author: { name: 'Ann' } });
  const widget = await Widget.open(await startWindow(t, browser), post, 'ar');
  const arabic = widget.comments('تعليق أول');
  const english = widget.comments('An English reply.');
  const edges = async (locator) => {
    const { x, width } = await locator.boundingBox();
    return { left: x, right: x + width };
  };
  assert.ok((await edges(english)).right < (await edges(arabic)).right, 'a reply is indented from the right');
  assert.equal((await edges(english)).left, (await edges(arabic)).left, 'and ends where its parent ends, on the left');
  const direction = (locator) => locator.evaluate((node) => getComputedStyle(node).direction);
  assert.equal(await direction(widget.element.locator('.shell')), 'rtl');
  assert.equal(await direction(arabic.locator('.body')), 'rtl');
  assert.equal(await direction(english.locator('.body')), 'ltr');
  // The name stands at the right end of the line above the text, where reading begins.
  const name = await edges(arabic.locator('.author'));
  const time = await edges(arabic.locator('time'));
  assert.ok(name.left > time.right, 'the name comes before the time');
});
