// The pictures of the README and the docs, from `afterword demo`. With UPDATE_SCREENSHOTS=1 they are put where those show
// them; otherwise this proves that they can be made, and that what the README shows is there.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Admin } from './admin.mjs';
import { project, startBrowser, startServer, startWindow, temporaryFolder } from './support.mjs';
import { Widget } from './widget.mjs';

const DESK = { viewport: { width: 1200, height: 860 }, deviceScaleFactor: 2 };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const shown = join(project, 'docs/images');
const folder = process.env.UPDATE_SCREENSHOTS ? shown : temporaryFolder();

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

test('the pictures of the README can be made anew, and are those that it shows', async (t) => {
  mkdirSync(folder, { recursive: true });
  const server = await startServer(t, { command: 'demo' });
  const password = server.output.match(/password[^\S\n]*:?[^\S\n]+(\S+)/i)?.[1];
  const email = server.output.match(/\S+@\S+\.\w+/)?.[0];
  const blog = server.output.match(/http:\/\/127\.0\.0\.1:\d+\S*/)[0];
  const made = [];
  const save = async (page, name) => {
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
    made.push(`${name}.png`);
  };

  const thread = async (screen, colorScheme, name) => {
    const widget = await Widget.open(await startWindow(t, browser, { ...screen, colorScheme }), blog);
    await widget.comments().first().waitFor();
    // Below the article, where the conversation begins.
    await widget.title.evaluate((node) => scrollTo({ top: node.getBoundingClientRect().top + scrollY - 24, behavior: 'instant' }));
    await save(widget.page, name);
  };
  await thread(DESK, 'light', 'widget-desktop-light');
  await thread(PHONE, 'dark', 'widget-phone-dark');

  const dashboard = async (screen, colorScheme, name, show) => {
    const window = await startWindow(t, browser, { ...screen, colorScheme });
    const admin = new Admin(await window.newPage(), server);
    await admin.signIn({ email, password });
    await admin.signedIn();
    await show(admin);
    await save(admin.page, name);
  };
  const queue = async (admin) => {
    await admin.go('/queue');
    await admin.page.getByRole('article').first().waitFor();
  };
  await dashboard(DESK, 'light', 'home-desktop-light', (admin) => admin.go('/'));
  await dashboard(DESK, 'light', 'queue-desktop-light', queue);
  await dashboard(PHONE, 'dark', 'queue-phone-dark', queue);
  await dashboard(DESK, 'light', 'comment-desktop-light', async (admin) => {
    await queue(admin);
    await admin.link(/^Open/).first().click();
    await admin.page.getByRole('heading', { level: 1, name: /^Comment by/ }).waitFor();
  });

  for (const name of made) assert.ok(statSync(join(folder, name)).size > 20_000, `${name} shows something`);
  assert.deepEqual(readdirSync(shown).sort(), made.sort(), 'docs/images has these and no others');
  const readme = readFileSync(join(project, 'README.md'), 'utf8');
  for (const [, picture] of readme.matchAll(/\]\((docs\/images\/\S+)\)/g)) assert.ok(existsSync(join(project, picture)), picture);
});
