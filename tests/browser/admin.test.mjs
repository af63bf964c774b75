// The dashboard: on a phone and on a desk, with JavaScript and without it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Admin } from './admin.mjs';
import { ADMIN, api, createAdmin, createSite, page as pageOf, startBrowser, startHost, startServer, startWindow, until } from './support.mjs';
import { Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const WAYS = [
  { name: 'on a phone', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  { name: 'on a desk', viewport: { width: 1280, height: 800 } },
  { name: 'on a phone without JavaScript', viewport: { width: 390, height: 844 }, javaScriptEnabled: false },
  { name: 'on a desk without JavaScript', viewport: { width: 1280, height: 800 }, javaScriptEnabled: false },
];

const setupLink = (server) => server.output.match(/http:\/\/\S+#\S+/)?.[0];

/** A server with an admin, a site that holds everything, and some comments that wait. */
async function withHeldComments(t, bodies) {
  const server = await startServer(t);
  const host = await startHost(t);
  createAdmin(server);
  createSite(server, 'blog', host.url, { moderation: 'all' });
  for (const body of bodies) await api(server, host).comment({ page: '/posts/first', body, title: 'The first post' });
  const published = async () => (await api(server, host).thread('/posts/first')).comments
    .map((one) => one.html.replace(/<\/?p>/g, '').trim());
  return { server, host, published };
}

async function fitsTheScreen(page) {
  const { wide, inside } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth, inside: document.documentElement.clientWidth,
  })).catch(() => ({ wide: 0, inside: 0 }));
  assert.ok(wide <= inside, `${page.url()} is ${wide} pixels wide on a screen of ${inside}`);
}

for (const { name, ...options } of WAYS) {
  const scripts = options.javaScriptEnabled !== false;

  test(`the setup link makes the first admin, once, ${name}`, async (t) => {
    const server = await startServer(t);
    const link = setupLink(server);
    assert.ok(link, `a setup link is printed:\n${server.output}`);
    const context = await startWindow(t, browser, options);
    const page = await context.newPage();
    const admin = new Admin(page, server);
    await page.goto(link);
    const code = page.getByLabel('Setup code');
    if (scripts) {
      await until(async () => await code.inputValue() === new URL(link).hash.slice(1), 'the code to fill itself in');
      assert.equal(new URL(page.url()).hash, '', 'and to leave the address bar');
    } else {
      await code.fill(new URL(link).hash.slice(1));
    }
    await page.getByLabel('Email').fill(ADMIN.email);
    await page.getByLabel('Name', { exact: true }).fill('Owner');
    await page.getByLabel('Password', { exact: true }).fill('too short');
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await fitsTheScreen(page);
    await admin.button(/Make the account/).click();
    await admin.signedIn();
    assert.deepEqual(context.complaints, []);

    const second = await (await startWindow(t, browser, options)).newPage();
    await second.goto(link);
    await second.getByRole('heading', { name: 'Setup is done' }).waitFor();
  });

  test(`a wrong password is refused in words, the right one gets in, and signing out leaves, ${name}`, async (t) => {
    const { server } = await withHeldComments(t, []);
    const context = await startWindow(t, browser, options);
    const admin = new Admin(await context.newPage(), server);
    await admin.signIn({ password: 'not this one at all' });
    await admin.page.getByRole('alert').waitFor();
    assert.equal(await admin.page.getByLabel('Email').inputValue(), ADMIN.email, 'the email need not be typed again');
    await admin.signIn();
    await admin.signOut();
    await admin.go('/queue');
    await admin.page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    assert.deepEqual(context.complaints, []);
  });

  test(`a site is made, its mistakes are marked, and its tag works when pasted, ${name}`, async (t) => {
    const server = await startServer(t);
    createAdmin(server);
    const host = await startHost(t);
    const context = await startWindow(t, browser, options);
    const admin = await Admin.open(context, server);
    await admin.go('/sites/new');
    await admin.page.getByLabel('Name', { exact: true }).fill('My blog');
    await admin.page.getByLabel('Key').fill('Not a key!');
    await admin.page.getByLabel('Origins').fill(host.url);
    await fitsTheScreen(admin.page);
    await admin.button('Make the site').click();
    await admin.page.getByRole('alert').waitFor();
    assert.equal(await admin.page.getByLabel('Key').getAttribute('aria-invalid'), 'true');
    assert.equal(await admin.page.getByLabel('Origins').inputValue(), host.url, 'what was right is kept');
    await admin.page.getByLabel('Key').fill('blog');
    await admin.button('Make the site').click();
    const tag = admin.page.locator('#tag');
    await tag.waitFor();
    await fitsTheScreen(admin.page);

    host.policy = `default-src 'none'; style-src 'self'; ${await admin.page.locator('#csp').innerText()}`.replace(/\s+/g, ' ');
    const pasted = await tag.innerText();
    host.pages['*'] = () => pageOf(pasted);
    const reader = await startWindow(t, browser);
    const widget = await Widget.open(reader, `${host.url}/posts/first/`);
    await widget.post('The tag works.');
    assert.deepEqual(reader.complaints, []);
    assert.deepEqual(context.complaints, []);
  });

  test(`the queue approves, marks as spam, deletes, and takes each back, ${name}`, async (t) => {
    const { server, published } = await withHeldComments(t, ['A good one.', 'A spammy one.', 'A bad one.']);
    const context = await startWindow(t, browser, options);
    const admin = await Admin.open(context, server);
    await admin.go('/queue');
    await fitsTheScreen(admin.page);
    const item = (text) => admin.item(text);
    assert.equal(await admin.page.getByRole('article').count(), 3);

    for (const [text, verb] of [['A good one.', 'Approve'], ['A spammy one.', 'Spam'], ['A bad one.', 'Delete']]) {
      const before = await published();
      await admin.act(text, verb);
      await admin.undo();
      await item(text).waitFor();
      assert.deepEqual(await published(), before, `${verb} was taken back`);
      await admin.act(text, verb);
    }
    assert.deepEqual(await published(), ['A good one.']);
    await admin.page.getByRole('heading', { name: 'Nothing waits for you' }).waitFor();
    await admin.go('/queue?status=spam');
    await item('A spammy one.').waitFor();
    await admin.act('A spammy one.', 'Approve');
    assert.deepEqual((await published()).sort(), ['A good one.', 'A spammy one.']);
    assert.deepEqual(context.complaints, []);
  });

  test(`many comments are handled at once, and one undo takes the whole lot back, ${name}`, async (t) => {
    const { server, published } = await withHeldComments(t, ['One.', 'Two.', 'Three.', 'Four.']);
    const context = await startWindow(t, browser, options);
    const admin = await Admin.open(context, server);
    await admin.go('/queue');
    for (const text of ['One.', 'Two.', 'Three.']) await admin.select(text);
    await admin.bulk('Approve');
    await until(async () => (await published()).length === 3, 'three published');
    await admin.item('One.').waitFor({ state: 'detached' });
    await until(async () => (await admin.page.getByRole('article').count()) === 1, 'the one that is left');
    await admin.undo();
    await admin.item('One.').waitFor();
    assert.deepEqual(await published(), []);
    for (const text of ['One.', 'Four.']) await admin.select(text);
    await admin.bulk('Spam');
    await admin.item('One.').waitFor({ state: 'detached' });
    await until(async () => (await admin.page.getByRole('article').count()) === 2, 'the two that are left');
    assert.deepEqual(context.complaints, []);
  });

  test(`a comment is opened with its thread and its history, ${name}`, async (t) => {
    const { server, host, published } = await withHeldComments(t, ['The question.']);
    const context = await startWindow(t, browser, options);
    const admin = await Admin.open(context, server);
    await admin.go('/queue');
    await admin.act('The question.', 'Approve');
    const { comments } = await api(server, host).thread('/posts/first');
    await api(server, host).comment({ page: '/posts/first', body: 'The answer.', parent_id: comments[0].id, author: { name: 'Bob' } });
    await admin.go('/queue');
    await admin.item('The answer.').getByText('In reply to').waitFor();
    await admin.link(/^Open/, admin.item('The answer.')).click();
    await admin.page.getByRole('heading', { level: 1, name: 'Comment by Bob' }).waitFor();
    await admin.page.getByText('The question.').waitFor();
    await fitsTheScreen(admin.page);
    await admin.button('Approve').click();
    await until(async () => (await published()).length === 2, 'both published');
    await admin.page.getByRole('heading', { name: 'What was done' }).waitFor();
    await admin.button('Hold').click();
    await until(async () => (await published()).length === 1, 'one held again');
    assert.deepEqual(context.complaints, []);
  });
}

test('the queue is worked through with the keyboard', async (t) => {
  const { server, published } = await withHeldComments(t, ['Oldest.', 'Middle.', 'Newest.']);
  const admin = await Admin.open(await startWindow(t, browser), server);
  await admin.go('/queue');
  const keys = admin.page.keyboard;
  await keys.press('j');
  await until(() => admin.item('Newest.').evaluate((node) => node.matches(':focus, :focus-within')), 'the first to be chosen');
  await keys.press('j');
  await keys.press('a');
  await until(async () => (await published()).join() === 'Middle.', 'the second approved');
  await admin.button('Undo').waitFor();
  await keys.press('u');
  await until(async () => (await published()).length === 0, 'it to be taken back');
  await admin.item('Middle.').waitFor();
  await admin.page.waitForLoadState('networkidle');
  await keys.press('?');
  await admin.page.getByRole('dialog').waitFor();
});

test('on a phone all pages are in a menu, which needs no script, and what waits is beside it', async (t) => {
  const { server } = await withHeldComments(t, ['Waiting.']);
  const admin = await Admin.open(await startWindow(t, browser, WAYS[2]), server);
  const menu = admin.button('Menu');
  const threads = admin.link('Threads', admin.page.getByRole('navigation', { name: 'Admin' }));
  await menu.waitFor();
  assert.equal(await threads.isVisible(), false);
  await menu.press('Enter');
  await threads.waitFor();
  await fitsTheScreen(admin.page);
  await admin.page.keyboard.press('Escape');
  await threads.waitFor({ state: 'hidden' });
  await menu.click();
  await threads.click();
  await admin.isAt('/admin/threads');
  await admin.link('1 held').click();
  await admin.item('Waiting.').waitFor();
  await admin.page.setViewportSize({ width: 1280, height: 800 });
  assert.equal(await menu.isVisible(), false, 'where there is room, nothing has to be opened');
  assert.equal(await threads.isVisible(), true);
  assert.equal(await admin.button('Sign out').isVisible(), true);
});

test('a session that was ended elsewhere is over, and a changed password ends the others', async (t) => {
  const { server } = await withHeldComments(t, []);
  const desk = await Admin.open(await startWindow(t, browser), server);
  const phone = await Admin.open(await startWindow(t, browser, WAYS[0]), server);
  await phone.go('/queue');
  await phone.signedIn();
  await desk.go('/account');
  await desk.button('End all others').click();
  await phone.go('/queue');
  await phone.page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  await phone.signIn();

  await desk.go('/account');
  await desk.page.getByLabel('Password now').fill(ADMIN.password);
  await desk.page.getByLabel('New password', { exact: true }).fill('another long pass phrase');
  await desk.button('Change the password').click();
  await desk.flash.first().waitFor();
  await desk.go('/queue');
  await desk.signedIn();
  await phone.go('/queue');
  await phone.page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
});

test('a form from another site does nothing', async (t) => {
  const { server, published } = await withHeldComments(t, ['Approve me, quietly.']);
  const context = await startWindow(t, browser);
  await Admin.open(context, server);
  const evil = await startHost(t);
  evil.pages['/'] = `<!doctype html><form method="post" action="${server.url}/admin/queue"><input name="one" value="approve:1"><button>Win a prize</button></form>`;
  const tab = await context.newPage();
  await tab.goto(evil.url);
  const [answer] = await Promise.all([
    tab.waitForResponse((response) => response.url().startsWith(server.url)),
    tab.getByRole('button').click(),
  ]);
  assert.ok(answer.status() >= 300, `it answered ${answer.status()}`);
  assert.deepEqual(await published(), []);
});

test('every page of the dashboard carries the headers that protect it', async (t) => {
  const { server } = await withHeldComments(t, ['One.']);
  const admin = await Admin.open(await startWindow(t, browser), server);
  for (const path of ['/', '/queue', '/sites', '/sites/new', '/sites/blog', '/sites/blog/remove', '/account', '/no-such-page']) {
    const answer = await admin.page.goto(`${server.url}/admin${path}`);
    const headers = answer.headers();
    const policy = headers['content-security-policy'] ?? '';
    assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval/, path);
    assert.match(policy, /frame-ancestors 'none'/, path);
    assert.match(policy, /default-src '(none|self)'/, path);
    assert.equal(headers['x-content-type-options'], 'nosniff', path);
    assert.match(headers['referrer-policy'] ?? '', /same-origin|no-referrer|strict-origin/, path);
    assert.match(headers['cache-control'] ?? '', /no-store|private/, path);
  }
  const [session] = (await admin.page.context().cookies()).filter((cookie) => cookie.httpOnly);
  assert.equal(session.sameSite, 'Lax');
});
