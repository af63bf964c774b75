// Every page of the dashboard on a phone, a tablet and a desk, light and dark, and on paper: nothing sticks out, also
// where names, keys and addresses are long and have no place to break.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Admin } from './admin.mjs';
import { ADMIN, api, createAdmin, createSite, startBrowser, startHost, startServer, startWindow } from './support.mjs';

const WIDTHS = [320, 768, 1280];
const UNBROKEN = {
  title: 'Donaudampfschifffahrtsgesellschaft'.repeat(9).slice(0, 300),
  name: 'Wolfeschlegelsteinhausenbergerdorff'.repeat(3).slice(0, 80),
  email: `${'a'.repeat(60)}@${'example'.repeat(20).slice(0, 60)}.${'b'.repeat(60)}.${'c'.repeat(10)}.org`,
  key: 'k'.repeat(60),
  page: `/${'posts'.repeat(60)}`,
  word: 'Rindfleischetikettierungsueberwachungsaufgabe'.repeat(8),
};

let browser;
let server;
let host;
/** Each page, by where it is below /admin, and who may see it. */
let pages;
before(async () => {
  browser = await startBrowser();
  server = await startServer();
  host = await startHost();
  createAdmin(server);
  pages = await furnish();
});
after(async () => {
  await browser.close();
  await host.stop();
  await server.stop();
});

/** A token of a link that a command prints. */
const codeIn = (text) => text.match(/#(\S+)/)[1];

/** A ban of each kind, made where the dashboard makes them. */
async function ban(tab, comment) {
  await tab.goto(`${server.url}/admin/bans/new?comment=${comment}`);
  for (const mark of await tab.getByRole('checkbox').all()) await mark.check();
  await tab.getByLabel(/^Reason/).fill(UNBROKEN.word.slice(0, 290));
  await tab.getByRole('button', { name: /^Ban/ }).click();
  await tab.getByText('Banned.').waitFor();
}

/** Accepts an invitation under a long name; answers where the person's page is. */
async function join(tab, code) {
  const window = await browser.newContext();
  const theirs = await window.newPage();
  await theirs.goto(`${server.url}/admin/join#${code}`);
  await theirs.getByLabel('Name', { exact: true }).fill(UNBROKEN.name);
  await theirs.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await theirs.getByRole('button', { name: 'Accept and sign in' }).click();
  await theirs.locator('#menu').waitFor({ state: 'attached' });
  await window.close();
  await tab.goto(`${server.url}/admin/people`);
  const href = await tab.getByRole('link', { name: UNBROKEN.name }).getAttribute('href');
  return href.replace('/admin', '');
}

/** The code of a link for a new password. */
async function resetLink(tab, person) {
  await tab.goto(`${server.url}/admin${person}`);
  await tab.getByRole('button', { name: 'Make a link for a new password' }).click();
  return codeIn(await tab.locator('#link').textContent());
}

/** Tries a file of another system; answers where its page is. */
async function importSomething(tab) {
  const xml = `<disqus><thread id='1'><link>https://old.example${UNBROKEN.page}</link><title>${UNBROKEN.title}</title></thread>
    <post id='1'><message>${UNBROKEN.word}</message><createdAt>2020-01-01T00:00:00Z</createdAt><author><name>${UNBROKEN.name}</name></author><thread id='1'/></post>
    <post id='2'><message>No thread</message><createdAt>2020-01-01T00:00:00Z</createdAt><author><name>Bob</name></author><thread id='${UNBROKEN.word}'/></post></disqus>`;
  await tab.goto(`${server.url}/admin/imports`);
  await tab.locator('input[type="file"]').setInputFiles({ name: `${UNBROKEN.word.slice(0, 120)}.xml`, mimeType: 'text/xml', buffer: Buffer.from(xml) });
  await tab.locator('form[enctype] button').last().click();
  await tab.getByText('What would come over').waitFor();
  return new URL(tab.url()).pathname.replace('/admin', '');
}

/** Something on every page: ordinary, and long without a place to break. */
async function furnish() {
  createSite(server, 'blog', host.url);
  createSite(server, UNBROKEN.key, host.url, { name: UNBROKEN.name, moderation: 'all' });
  createSite(server, 'gone', host.url, { name: UNBROKEN.word.slice(0, 90) });
  server.cli('site', 'remove', 'gone', '--confirm', UNBROKEN.word.slice(0, 90));
  const say = api(server, host);
  const author = { name: UNBROKEN.name, email: UNBROKEN.email };
  const long = await say.comment({ page: UNBROKEN.page, title: UNBROKEN.title, body: `${UNBROKEN.word}\n\n    ${UNBROKEN.word}\n\n> ${UNBROKEN.word}`, author });
  const reply = await say.comment({ page: UNBROKEN.page, parent_id: long.comment.id, body: 'An answer.', author: { name: 'Ann' } });
  await say.comment({ site: UNBROKEN.key, page: UNBROKEN.page, title: UNBROKEN.title, body: UNBROKEN.word, author });
  await say.call('POST', `/comments/${long.comment.id}/report`, { body: { reason: UNBROKEN.word.slice(0, 300) } });
  const { thread } = await say.thread(UNBROKEN.page);
  const other = await say.comment({ page: '/short', title: 'Short', body: 'Elsewhere.', author: { name: 'Bob' } });
  const short = (await say.thread('/short')).thread.id;
  const invitation = codeIn(server.cli('admin', 'invite', '--email', UNBROKEN.email, '--role', 'moderator', '--site', UNBROKEN.key).stdout);

  const context = await browser.newContext();
  const tab = await context.newPage();
  const admin = new Admin(tab, server);
  await admin.signIn();
  await admin.signedIn();
  await ban(tab, long.comment.id);
  await tab.goto(`${server.url}/admin/comments/${long.comment.id}`);
  await tab.locator('#text summary').click();
  await tab.locator('#text-text').fill(`${UNBROKEN.word}x`);
  await tab.getByRole('button', { name: 'Save the text' }).click();
  await tab.getByText('The comment says that now.').waitFor();
  const person = await join(tab, invitation);
  const reset = await resetLink(tab, person);
  const upload = await importSomething(tab);
  server.cli('admin', 'invite', '--email', `x${UNBROKEN.email.slice(1)}`, '--role', 'moderator', '--site', UNBROKEN.key);
  const open = codeIn(server.cli('admin', 'invite', '--email', `y${UNBROKEN.email.slice(1)}`, '--role', 'moderator', '--site', UNBROKEN.key).stdout);
  await context.close();
  const found = `/queue?status=all&q=${UNBROKEN.word}`;
  const site = `/sites/${UNBROKEN.key}`;
  return {
    outside: ['/sign-in', '/join', `/join#${open}`, '/reset', `/reset#${reset}`, '/setup'],
    inside: [
      '/', '/queue', '/queue?status=all', '/queue?status=all&order=oldest', '/queue?status=reported', '/queue?status=spam', found, `${found}&author=${UNBROKEN.word}`,
      `/queue/all?status=all&verb=delete&q=${UNBROKEN.word}`, '/queue/all?status=held&verb=approve',
      `/comments/${long.comment.id}`, `/comments/${reply.comment.id}`, `/comments/${long.comment.id}/move`,
      `/comments/${reply.comment.id}/move?to=/short`, '/threads', '/threads?sort=title&dir=desc', '/threads?text=nothing-like-it',
      `/threads/${thread.id}`, `/threads/${thread.id}/merge?into=${short}`, `/threads/${short}/merge?into=${thread.id}`,
      `/threads/${thread.id}/move?page=/new`, `/threads/${short}/move?page=${UNBROKEN.page}`,
      '/sites', '/sites?sort=held', '/sites/new', site, `${site}/remove`, '/sites/blog', '/sites/blog/preview',
      '/bans', '/bans?show=ended', '/bans/new', `/bans/new?comment=${other.comment.id}`,
      '/people', '/people?sort=seen', '/people/invite', person, `${person}/remove`, '/account',
      '/imports', upload, '/exports', '/person', '/jobs', '/jobs?sort=last', '/settings', '/audit', '/audit?action=comment&order=oldest', '/no-such-page',
    ],
  };
}

/** What reaches beyond the page's own width, innermost first; empty when nothing does. */
function overflowing() {
  const inside = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= inside) return [];
  const beyond = [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > inside + 0.5);
  return beyond.reverse().slice(0, 4).map((one) => `${one.tagName.toLowerCase()}.${one.className} reaches ${Math.round(one.getBoundingClientRect().right)}: ${one.textContent.trim().slice(0, 40)}`);
}

/** What scrolls sideways inside the page. */
function scrollingInside() {
  const wide = [...document.querySelectorAll('main, main *:not(input, textarea, select)')].filter((one) =>
    one.scrollWidth > one.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX));
  return wide.map((one) => `${one.tagName.toLowerCase()}.${one.className} scrolls by itself: ${one.scrollWidth} in ${one.clientWidth}`);
}

/** Opens a page and tells what does not fit on it. */
async function faultsOf(tab, path) {
  await tab.goto(`${server.url}/admin${path}`);
  await tab.locator('h1').first().waitFor();
  // A code in the address is sent at once, and what it is for comes back.
  if (path.includes('#')) await tab.locator('#password').waitFor();
  const faults = [...await tab.evaluate(overflowing), ...await tab.evaluate(scrollingInside)];
  return faults.map((fault) => `${path.slice(0, 60)}: ${fault}`);
}

for (const width of WIDTHS) {
  for (const colorScheme of ['light', 'dark']) {
    test(`no page of the dashboard scrolls sideways at ${width} pixels, ${colorScheme}`, async (t) => {
      const window = await startWindow(t, browser, { colorScheme, viewport: { width, height: 800 } });
      const admin = new Admin(await window.newPage(), server);
      const faults = [];
      for (const path of pages.outside) faults.push(...await faultsOf(admin.page, path));
      await admin.signIn();
      await admin.signedIn();
      const page = await admin.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(Number(page.match(/oklch\(([\d.]+)/)?.[1] ?? page.match(/\d+/)[0] / 255) < 0.5, colorScheme === 'dark', page);
      assert.equal(await admin.button('Menu').isVisible(), width < 960, 'a menu where the pages are not beside the content');
      for (const path of pages.inside) faults.push(...await faultsOf(admin.page, path));
      assert.deepEqual(faults, [], faults.join('\n'));
      await t.test('nor does a link that is shown once', async () => {
        await admin.go('/people');
        await admin.page.locator('main table a[href^="/admin/people/"]').first().click();
        await admin.button('Make a link for a new password').or(admin.page.getByText('Yours is changed')).first().waitFor();
        await admin.go('/people/invite');
        await admin.page.getByLabel('Email').fill(`w${width}${colorScheme}${UNBROKEN.email.slice(12)}`);
        await admin.page.getByRole('radio', { name: /^Admin/ }).check();
        await admin.page.locator('main form').getByRole('button').last().click();
        await admin.page.getByText('/admin/join#').first().waitFor();
        assert.deepEqual(await admin.page.evaluate(overflowing), []);
      });
      assert.deepEqual(window.complaints, []);
    });
  }
}

test('on paper there is no navigation and no button, and nothing sticks out', async (t) => {
  const window = await startWindow(t, browser, { viewport: { width: 700, height: 990 } });
  const admin = new Admin(await window.newPage(), server);
  await admin.signIn();
  await admin.signedIn();
  await admin.page.emulateMedia({ media: 'print' });
  const faults = [];
  for (const path of pages.inside) {
    await admin.go(path);
    await admin.page.locator('h1').first().waitFor();
    const shown = await admin.page.evaluate(() => {
      const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().width > 1;
      const all = document.querySelectorAll('nav, button, a.button, input[type="submit"], .top');
      return [...all].filter(seen).map((one) => `${one.tagName.toLowerCase()}.${one.className}: ${one.textContent.trim().slice(0, 40)}`);
    });
    faults.push(...[...shown, ...await admin.page.evaluate(overflowing)].map((fault) => `${path.slice(0, 60)}: ${fault}`));
  }
  assert.deepEqual(faults, [], faults.join('\n'));
});
