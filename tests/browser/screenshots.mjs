// Makes the pictures of the README and the docs from `afterword demo`: node screenshots.mjs

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Admin } from './admin.mjs';
import { project, startBrowser, startServer, startWindow } from './support.mjs';
import { Widget } from './widget.mjs';

const DESK = { viewport: { width: 1200, height: 860 }, deviceScaleFactor: 2 };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const folder = join(project, 'docs/images');

const cleanUp = [];
const test = { after: (task) => cleanUp.unshift(task) };
mkdirSync(folder, { recursive: true });
const browser = await startBrowser();
test.after(() => browser.close());

try {
  const server = await startServer(test, { command: 'demo' });
  const password = server.output.match(/password[^\S\n]*:?[^\S\n]+(\S+)/i)?.[1];
  const email = server.output.match(/\S+@\S+\.\w+/)?.[0];
  const blog = server.output.match(/http:\/\/127\.0\.0\.1:\d+\S*/)[0];
  const save = (page, name, options) => page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', ...options });
  const window = (screen, colorScheme) => startWindow(test, browser, { ...screen, colorScheme });

  const thread = async (screen, scheme, name) => {
    const widget = await Widget.open(await window(screen, scheme), blog);
    await widget.comments().first().waitFor();
    // Below the article, where the conversation begins.
    await widget.title.evaluate((node) => scrollTo({ top: node.getBoundingClientRect().top + scrollY - 24, behavior: 'instant' }));
    await widget.page.waitForTimeout(300);
    await save(widget.page, name);
  };
  await thread(DESK, 'light', 'widget-desktop-light');
  await thread(PHONE, 'dark', 'widget-phone-dark');

  const dashboard = async (screen, scheme, name, show) => {
    const admin = new Admin(await (await window(screen, scheme)).newPage(), server);
    await admin.signIn({ email, password });
    await admin.signedIn();
    await show(admin);
    await admin.page.waitForTimeout(300);
    await save(admin.page, name);
  };
  const queue = async (admin) => {
    await admin.go('/queue');
    await admin.page.getByRole('article').first().waitFor();
  };
  await dashboard(DESK, 'light', 'queue-desktop-light', queue);
  await dashboard(PHONE, 'dark', 'queue-phone-dark', queue);
  await dashboard(DESK, 'light', 'comment-desktop-light', async (admin) => {
    await queue(admin);
    await admin.link(/^Open/).first().click();
    await admin.page.getByRole('heading', { level: 1, name: /^Comment by/ }).waitFor();
  });
  console.log(`five pictures in ${folder}`);
} finally {
  for (const task of cleanUp) await task();
}
