// The dashboard's tables, with scripts and without: their heads put them in order, and the back button undoes it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Admin } from './admin.mjs';
import { api, createAdmin, createSite, startBrowser, startHost, startServer, startWindow } from './support.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

/** How a table is put in order: the head that is marked, and in which direction. */
async function order(table) {
  const marked = table.locator('[aria-sort]');
  assert.equal(await marked.count(), 1, 'one order');
  return `${(await marked.innerText()).replace(/\W+$/, '')} ${await marked.getAttribute('aria-sort')}`;
}

for (const javaScriptEnabled of [true, false]) {
  for (const width of [320, 1280]) {
    test(`heads put tables in order and the back button undoes it, ${javaScriptEnabled ? 'with' : 'without'} scripts, at ${width} pixels`, async (t) => {
      const server = await startServer(t);
      const host = await startHost(t);
      createAdmin(server);
      createSite(server, 'blog', host.url);
      createSite(server, 'gone', host.url);
      server.cli('site', 'remove', 'gone', '--confirm', 'My blog');
      server.cli('admin', 'invite', '--email', 'ann@example.org', '--role', 'admin');
      await api(server, host).comment({ page: '/a', body: 'Hello.' });
      const { thread } = await api(server, host).thread('/a');
      const window = await startWindow(t, browser, { javaScriptEnabled, viewport: { width, height: 800 } });
      const admin = new Admin(await window.newPage(), server);
      await admin.signIn();
      await admin.signedIn();
      await admin.go('/bans/new');
      await admin.page.getByLabel('Pattern').fill('Somebody loud');
      await admin.button('Ban').click();
      for (const [path, name, first, then] of [
        ['/people', 'Who looks after this server', 'Name ascending', 'Role'],
        ['/people', 'Invited', 'Invited descending', 'Email'],
        ['/account', 'Where you are signed in', 'Last seen descending', 'Signed in'],
        ['/bans', 'Bans in force', 'Banned descending', 'Who'],
        ['/threads', 'Threads', 'Last comment descending', 'Thread'],
        [`/threads/${thread.id}`, 'People', 'All descending', 'Name'],
        ['/sites', 'Sites', 'Site ascending', 'Comments'],
        ['/sites', 'Removed', 'Removed descending', 'Site'],
        ['/jobs', 'Jobs', 'Job ascending', 'Next run'],
      ]) {
        await admin.go(path);
        const table = admin.page.getByRole('table', { name, exact: true });
        const press = (label) => table.getByRole('columnheader').getByRole('link', { name: new RegExp(`^${label}`) }).click();
        assert.equal(await order(table), first, path);
        await press(then);
        const one = await order(table);
        assert.ok(one.startsWith(then), `${path}: ${one}`);
        await press(then);
        const other = await order(table);
        assert.ok(other.startsWith(then) && other !== one, `${path}: ${one} is turned round, not ${other}`);
        await admin.page.goBack();
        assert.equal(await order(table), one, path);
        await admin.page.goBack();
        assert.equal(await order(table), first, path);
      }
      assert.deepEqual(window.complaints, []);
    });
  }
}
