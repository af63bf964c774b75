// Accessibility, as far as a program can find faults: every page and every state, in light and dark, on a desk
// and on a phone. One violation is one too many.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Admin } from './admin.mjs';
import { ADMIN, api, createAdmin, createSite, embed, page as pageOf, project, startBlog, startBrowser, startHost, startServer, startWindow } from './support.mjs';
import { Widget } from './widget.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const SCREENS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { name: 'light, on a phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
  { name: 'dark, on a phone', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
];
const LATIN = { name: 'Dorota', email: 'dorota@example.org', url: 'https://example.org' };

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

/** One line for each thing that axe finds wrong. */
async function violationsOn(page) {
  // Colours are judged as they come to rest.
  await page.waitForTimeout(400);
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.addScriptTag({ path: AXE });
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run('html', { resultTypes: ['violations'] }));
  assert.ok(passes.length > 5, 'axe looked at something');
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.flat().join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`));
}

async function expectNoViolation(page) {
  const lines = await violationsOn(page);
  assert.deepEqual(lines, [], `\n${lines.join('\n')}\n`);
}

/** Runs `body` with the widget of a fresh blog on each kind of screen; the host's policy makes way for axe. */
function widgetState(name, { seed, show, moderation, lang, dir, prepare }) {
  for (const { name: screen, ...options } of SCREENS) {
    test(`the widget ${name}, ${screen}`, async (t) => {
      const { server, host, post } = await startBlog(t, { moderation, lang, dir });
      host.policy = undefined;
      await prepare?.({ server, host });
      await seed?.(api(server, host));
      const widget = await Widget.open(await startWindow(t, browser, options), post, lang);
      await show?.(widget, { server, host });
      await expectNoViolation(widget.page);
    });
  }
}

const page = '/posts/first';

/** An export of so many pages with a comment each, and one comment that has none. */
function exported(pages) {
  const post = (id, thread) => `<post id="${id}"><message>Hello</message><createdAt>2020-01-01T00:00:00Z</createdAt><thread id="${thread}"/></post>`;
  const items = Array.from({ length: pages }, (_, id) => `<thread id="${id}"><link>/${id}</link></thread>${post(id, id)}`);
  return `<disqus>${items.join('')}${post('lost', 'none')}</disqus>`;
}

/** A thread with everything in it that a comment can hold. */
async function lively(say) {
  const root = await say.comment({ page, author: LATIN, body: '# Not a heading?\n\nSome *text*, `code`, a [link](https://example.org) and\n\n```\nlet x = 1;\n```\n\n> a quote\n\n1. one\n2. two\n\n~~gone~~\n\n![](https://example.org/picture.png) and [](https://example.org/nothing)' });
  let parent = root;
  for (let depth = 1; depth <= 7; depth += 1) parent = await say.comment({ page, body: `Answer ${depth}.`, parent_id: parent.comment.id, author: { name: `Person ${depth}` } });
  for (let number = 1; number <= 25; number += 1) await say.comment({ page, body: `Number ${number}. ${'Words and more words. '.repeat(number)}`, author: { name: 'Ann' } });
  const gone = await say.comment({ page, body: 'To be deleted.', author: { name: 'Bob' } });
  await say.comment({ page, body: 'An answer to it.', parent_id: gone.comment.id, author: { name: 'Ann' } });
  await say.call('DELETE', `/comments/${gone.comment.id}`, { token: gone.edit_token });
  await say.call('PUT', `/comments/${root.comment.id}/vote`, { body: { value: 1 } });
  return root;
}

test('axe sees into the widget: a planted fault is found', async (t) => {
  const { server, host, post } = await startBlog(t);
  host.policy = undefined;
  await api(server, host).comment({ page, body: 'Hard to read.' });
  const widget = await Widget.open(await startWindow(t, browser), post);
  await widget.comments('Hard to read.').locator('.body').evaluate((node) => {
    node.style.color = '#ddd';
    node.style.background = '#fff';
    node.append(document.createElement('button'));
  });
  const found = (await violationsOn(widget.page)).map((line) => line.split(' ')[0]);
  assert.deepEqual([...new Set(found)].sort(), ['button-name', 'color-contrast']);
});

/** Invitations and links for a new password, from making one to where it leads; and the person who came. */
async function lookAtPeople(tab, admin, look) {
  const follow = async (code) => {
    await tab.locator('#password').waitFor();
    await expectNoViolation(tab);
    assert.equal(new URL(tab.url()).hash, '', `the code is not left in the address: ${code}`);
  };
  const invite = async (email) => {
    await admin.go('/people/invite');
    await tab.getByLabel('Email').fill(email);
    await tab.getByRole('radio', { name: /^Admin/ }).check();
    await admin.button('Make the link').click();
    const link = await tab.locator('#link').textContent();
    await expectNoViolation(tab);
    return link;
  };
  await invite('waiting@example.org');
  const invitation = await invite('ann@example.org');
  await tab.goto(invitation);
  await follow(invitation);
  await tab.getByLabel('Name', { exact: true }).fill('Ann');
  await tab.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await admin.button('Accept and sign in').click();
  await admin.signedIn();
  await admin.signOut();
  await admin.signIn();
  await admin.signedIn();
  await look('/people');
  await admin.link('Ann').click();
  await tab.getByRole('heading', { level: 1, name: 'Ann' }).waitFor();
  await expectNoViolation(tab);
  const person = new URL(tab.url()).pathname.replace('/admin', '');
  await look(`${person}/remove`);
  await look(person);
  await admin.button('Make a link for a new password').click();
  const reset = await tab.locator('#link').textContent();
  await expectNoViolation(tab);
  await tab.goto(reset);
  await follow(reset);
  await admin.go('/people');
  await admin.go('/reset#not-a-code');
  await tab.locator('#code-error').waitFor();
  await expectNoViolation(tab);
}

describe('axe finds nothing to say about', () => {
  widgetState('when it is empty', {});
  widgetState('with a long thread', { seed: lively });
  widgetState('with a long thread from right to left', { seed: lively, lang: 'ar', dir: 'rtl' });
  widgetState('with the form open and a preview', {
    seed: lively,
    show: async (widget) => {
      await widget.write(widget.form, 'Some **text**', { send: false });
      await widget.button(widget.form, 'preview').click();
      await widget.form.locator('strong').waitFor();
    },
  });
  widgetState('with a reply, an edit and a report open', {
    seed: (say) => say.comment({ page, body: 'Somebody else’s.', author: { name: 'Bob' } }),
    show: async (widget) => {
      await widget.post('Mine.');
      await widget.button(widget.comments('Mine.'), 'edit').click();
      await widget.comments('Mine.').locator('form').waitFor();
      await widget.button(widget.comments('Somebody else’s.'), 'reply').click();
      await expectNoViolation(widget.page);
      await widget.button(widget.comments('Somebody else’s.'), 'report').click();
    },
  });
  widgetState('with a vote given and one’s own comment marked', {
    seed: (say) => say.comment({ page, body: 'Somebody else’s.', author: { name: 'Bob' } }),
    show: async (widget) => {
      await widget.vote(widget.comments('Somebody else’s.'), 'up');
      await widget.hasScore(widget.comments('Somebody else’s.'), 1);
      await widget.post('Mine.');
    },
  });
  widgetState('when sending failed', {
    show: async (widget, { server }) => {
      await server.stop();
      await widget.write(widget.form, 'Said into the void.');
      await widget.form.getByRole('alert').filter({ hasText: widget.word('offline') }).waitFor();
    },
  });
  widgetState('when a field is refused', {
    show: async (widget) => {
      // A letter that shows nothing: the browser lets it through, the server does not.
      await widget.write(widget.form, 'Fine.', { name: '\u3164' });
      await widget.form.getByRole('alert').filter({ hasText: /\S/ }).waitFor();
    },
  });
  widgetState('when a comment is held', {
    moderation: 'all',
    show: async (widget) => {
      await widget.post('Waiting.');
      await widget.comments('Waiting.').getByText(widget.word('held')).waitFor();
    },
  });
  widgetState('when new comments are offered', {
    seed: (say) => say.comment({ page, body: 'First.' }),
    show: async (widget, { server, host }) => {
      await widget.listening();
      await api(server, host).comment({ page, body: 'New.' });
      await widget.notice.filter({ hasText: widget.word('fresh', { n: 1 }) }).waitFor();
    },
  });

  widgetState('when the linked comment is gone', {
    seed: (say) => say.comment({ page, body: 'First.' }),
    show: async (widget) => {
      await widget.page.evaluate(() => { location.hash = '#afterword-0000000000000'; });
      await widget.element.getByText(widget.word('lost')).waitFor();
    },
  });

  for (const file of readdirSync(join(project, 'static/widget/themes'))) {
    widgetState(`in the ready theme ${file}`, {
      seed: lively,
      prepare: async ({ server, host }) => {
        const loader = await fetch(`${server.url}/embed.js`).then((answer) => answer.text());
        const [, version] = loader.match(/w\/([^/`'"$]+)\//);
        const theme = `${server.url}/w/${version}/themes/${file}`;
        assert.equal((await fetch(theme)).status, 200);
        host.pages['*'] = () => pageOf(embed(server), { head: `<link rel="stylesheet" href="${theme}">` });
      },
      show: (widget) => widget.write(widget.form, 'Some text', { send: false }),
    });
  }
  for (const theme of ['light', 'dark']) {
    widgetState(`with theme="${theme}"`, {
      seed: lively,
      prepare: ({ server, host }) => { host.pages['*'] = () => pageOf(embed(server, 'blog', `theme="${theme}"`)); },
      show: (widget) => widget.write(widget.form, 'Some text', { send: false }),
    });
  }

  for (const { name: screen, ...options } of SCREENS) {
    test(`the widget when the thread cannot be read, ${screen}`, async (t) => {
      const { host, post } = await startBlog(t);
      host.policy = undefined;
      const window = await startWindow(t, browser, options);
      await window.route('**/api/v1/threads?*', (route) => route.abort());
      const tab = await window.newPage();
      await tab.goto(post);
      await tab.locator('afterword-comments').getByRole('alert').waitFor();
      await expectNoViolation(tab);
    });

    test(`the widget when no language could be read, ${screen}`, async (t) => {
      const { host, post } = await startBlog(t);
      host.policy = undefined;
      const window = await startWindow(t, browser, options);
      await window.route('**/en.json', (route) => route.abort());
      const tab = await window.newPage();
      await tab.goto(post);
      await tab.locator('afterword-comments').getByRole('button', { name: 'Try again' }).waitFor();
      await expectNoViolation(tab);
    });

    test(`the pages for readers and programmers, ${screen}`, async (t) => {
      const { server, host } = await startBlog(t);
      const say = api(server, host);
      await lively(say);
      const { thread } = await say.thread(page);
      // The policy of our own pages keeps every foreign script out, axe as well.
      const window = await startWindow(t, browser, { ...options, bypassCSP: true });
      const tab = await window.newPage();
      for (const path of [`/t/blog/${thread.id}`, '/t/blog/0000000000000', '/api/docs']) {
        await tab.goto(`${server.url}${path}`);
        await expectNoViolation(tab);
      }
    });

    test(`the demo’s page, ${screen}`, async (t) => {
      const server = await startServer(t, { command: 'demo' });
      const window = await startWindow(t, browser, { ...options, bypassCSP: true });
      const tab = await window.newPage();
      await tab.goto(server.url);
      const widget = new Widget(tab);
      await widget.ready();
      await expectNoViolation(tab);
    });

    test(`an import in each of its states, ${screen}`, async (t) => {
      const { server } = await startBlog(t);
      createAdmin(server);
      const tab = await (await startWindow(t, browser, { ...options, bypassCSP: true })).newPage();
      const admin = new Admin(tab, server);
      await admin.signIn();
      await admin.signedIn();
      const upload = async (name, text) => {
        await admin.go('/imports');
        await tab.getByLabel('File').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
        await admin.button('Upload and try').click();
        await tab.getByRole('heading', { level: 1, name }).waitFor();
      };
      // While it is told so, the page shows an import that runs, long after it is done.
      await tab.route('**/progress', (route) => route.fulfill({ json: { running: true, stage: 'writing', percent: 40 } }));
      await upload('long.xml', exported(100_000));
      await tab.getByText('writing: 40 %').waitFor();
      await expectNoViolation(tab);
      await tab.unroute('**/progress');
      // It ends one way or the other, so that it does not keep the next ones waiting.
      await admin.button('Stop').click();
      const ended = tab.getByRole('alert').or(tab.getByRole('heading', { name: 'What would come over' }));
      await ended.waitFor({ timeout: 60_000 });
      await upload('holiday.jpg', 'no export');
      await tab.getByRole('alert').waitFor();
      await expectNoViolation(tab);
      await upload('disqus.xml', exported(150));
      await tab.getByRole('heading', { name: 'What would come over' }).waitFor();
      await expectNoViolation(tab);
      await tab.getByLabel(/^Pages that are called/).fill('not a rule');
      await admin.button('Try again').click();
      await tab.locator('#rules-error').waitFor();
      await expectNoViolation(tab);
      await tab.getByLabel('File of rules').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('/c /d') });
      await admin.button('Try with this file').click();
      await tab.locator('#map-error').waitFor();
      await expectNoViolation(tab);
      await admin.button(/^Import$/).click();
      await tab.getByRole('heading', { name: 'What came over' }).waitFor();
      await expectNoViolation(tab);
      await tab.goto(`${tab.url()}?sort=comments&dir=asc&page=2`);
      await expectNoViolation(tab);
      await admin.go('/imports?sort=file&dir=asc');
      await expectNoViolation(tab);
    });

    test(`every page of the dashboard, ${screen}`, async (t) => {
      const server = await startServer(t);
      const host = await startHost(t);
      const context = await startWindow(t, browser, { ...options, bypassCSP: true });
      const tab = await context.newPage();
      const look = async (path) => {
        await tab.goto(`${server.url}/admin${path}`);
        await expectNoViolation(tab);
      };
      await tab.goto(server.output.match(/http:\/\/\S+#\S+/)[0]);
      await expectNoViolation(tab);
      createAdmin(server);
      await tab.reload();
      await expectNoViolation(tab);
      await look('/sign-in');
      const admin = new Admin(tab, server);
      await admin.signIn({ password: 'not this one at all' });
      await tab.getByRole('alert').waitFor();
      await expectNoViolation(tab);
      await admin.signIn();
      await admin.signedIn();
      for (const path of ['/', '/queue', '/sites', '/sites/new', '/bans', '/bans/new', '/people', '/people/invite', '/join', '/reset', '/account', '/imports', '/exports', '/person', '/jobs', '/settings', '/audit', '/no-such-page']) await look(path);

      createSite(server, 'blog', host.url);
      createSite(server, 'other', host.url, { name: 'Another blog', moderation: 'all' });
      await lively(api(server, host));
      await api(server, host).comment({ site: 'other', page, body: 'Look at https://example.org/watches', author: LATIN });
      const reported = await api(server, host).comment({ page, body: 'Rude words.', author: { name: 'Bob' } });
      await api(server, host).call('POST', `/comments/${reported.comment.id}/report`, { body: { reason: 'It is rude.' } });
      await look('/queue');
      if (await admin.button('Menu').isVisible()) {
        await admin.button('Menu').click();
        await admin.link('Threads').waitFor();
        await expectNoViolation(tab);
      }
      for (const path of ['/queue', '/queue?status=all', '/queue?status=reported', '/queue?status=spam', '/', '/sites', '/sites/blog', '/sites/blog/remove']) await look(path);
      await tab.goto(`${server.url}/admin/sites/blog/preview`);
      await tab.getByText('Thank you for reading').waitFor();
      await expectNoViolation(tab);

      const { thread } = await api(server, host).thread(page);
      const { comment } = await api(server, host).comment({ page: '/posts/second', title: 'Another post', body: 'Elsewhere.' });
      const second = (await api(server, host).thread('/posts/second')).thread.id;
      for (const path of [
        '/threads', '/threads?text=nothing-like-it', '/threads?state=open&sort=title', `/threads/${thread.id}`,
        `/threads/${thread.id}/merge`, `/threads/${second}/merge?into=${thread.id}`, `/threads/${second}/merge?into=/none`,
        `/threads/${second}/move?page=/new`, `/threads/${second}/move?page=${page}`,
        `/comments/${comment.id}/move`, `/comments/${comment.id}/move?to=${page}`, `/comments/${comment.id}/move?to=/none`,
      ]) await look(path);
      await admin.go(`/threads/${second}`);
      await admin.button('Lock').click();
      await admin.button('Undo').waitFor();
      await expectNoViolation(tab);

      await admin.go('/queue?status=all');
      await admin.link(/^Open/, admin.item('An answer to it.')).click();
      await tab.getByRole('heading', { level: 1, name: /^Comment by/ }).waitFor();
      await expectNoViolation(tab);
      await admin.go('/queue');
      await admin.act('https://example.org/watches', 'Spam');
      await expectNoViolation(tab);

      for (const path of ['/imports', '/exports', '/person']) await look(path);
      await tab.getByLabel('Their email address').fill('nobody@example.org');
      await admin.button('Look').click();
      await tab.getByText('Nothing is known').waitFor();
      await expectNoViolation(tab);
      await tab.getByLabel('Their email address').fill(LATIN.email);
      await admin.button('Look').click();
      await tab.getByRole('heading', { name: /^What is known/ }).waitFor();
      await expectNoViolation(tab);
      await tab.getByLabel(/type the address again/).fill('x');
      await admin.button('Forget them').click();
      await tab.getByText('That is another address').waitFor();
      await expectNoViolation(tab);
      await admin.go('/exports');
      await tab.getByLabel('What', { exact: true }).selectOption('person');
      await admin.button('Download').click();
      await tab.getByRole('alert').waitFor();
      await expectNoViolation(tab);

      for (const path of ['/queue/all?status=all&verb=delete', '/queue/all?status=held&verb=approve&q=nothing-like-it', '/audit?order=oldest', '/audit?since=soon']) await look(path);
      await lookAtPeople(tab, admin, look);
      await admin.go('/jobs');
      await admin.button(/^Run now.*sessions-forget/).click();
      await tab.getByText('sessions-forget has run').waitFor();
      await expectNoViolation(tab);
      await admin.go('/bans/new');
      await tab.getByLabel('Pattern').fill('Somebody loud');
      await admin.button('Ban').click();
      await look('/bans');
      await admin.button(/^End/).click();
      await admin.button('Undo').waitFor();
      await expectNoViolation(tab);
      await look('/bans?show=ended');

      server.cli('site', 'set', 'other', '--accent', '#ffcc00');
      await look('/sites/other');
      server.cli('site', 'remove', 'other', '--confirm', 'Another blog');
      await look('/sites');

      await admin.go('/sites/new');
      await tab.getByLabel('Name', { exact: true }).fill('x');
      await tab.getByLabel('Key').fill('Not a key!');
      await tab.getByLabel('Origins').fill('nowhere');
      await admin.button('Make the site').click();
      await tab.getByRole('alert').waitFor();
      await expectNoViolation(tab);
    });
  }
});
