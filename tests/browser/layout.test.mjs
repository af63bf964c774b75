// What the page looks like around and inside the widget: nothing jumps, nothing is cut off.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, embed, page as pageOf, startBlog, startBrowser, startWindow, until } from './support.mjs';
import { Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const page = '/posts/first';

/** Counts every shift of the layout that no key or click explains, from the first byte on. */
async function watchShifts(window) {
  await window.addInitScript(() => {
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifts.push(entry.value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** A short post with the comments under it and more of the page under those. */
const POST = `${`<p>${'A sentence of the post that people came for. '.repeat(12)}</p>`.repeat(2)}`;
const shortPost = (server) => () => pageOf(`${POST}${embed(server)}<footer><p>Under the comments.</p></footer>`);

const shiftsOf = (widget) => widget.page.evaluate(() => globalThis.shifts.reduce((sum, one) => sum + one, 0));

for (const [count, viewport] of [[0, { width: 1280, height: 800 }], [40, { width: 1280, height: 800 }], [40, { width: 390, height: 844 }]]) {
  test(`with ${count} comments at ${viewport.width} pixels nothing on the page jumps while they load`, async (t) => {
    const { server, host, post } = await startBlog(t);
    host.pages['*'] = shortPost(server);
    for (let number = 1; number <= count; number += 1) await api(server, host).comment({ page, body: `Number ${number}.` });
    const window = await startWindow(t, browser, { viewport });
    await watchShifts(window);
    const widget = await Widget.open(window, post);
    await widget.page.waitForTimeout(1000);
    const sum = await shiftsOf(widget);
    assert.ok(sum < 0.02, `the layout shifted by ${sum}`);
  });
}

test('a slow script or a slow thread makes nothing jump either', async (t) => {
  const { server, host, post } = await startBlog(t);
  host.pages['*'] = shortPost(server);
  await api(server, host).comment({ page, body: 'Late, but here.' });
  const window = await startWindow(t, browser);
  await watchShifts(window);
  const late = async (route) => {
    await new Promise((later) => setTimeout(later, 700));
    await route.continue();
  };
  await window.route('**/widget.js', late);
  await window.route('**/api/v1/threads?*', async (route) => { await late(route); });
  const widget = await Widget.open(window, post);
  await widget.comments('Late, but here.').waitFor();
  await widget.page.waitForTimeout(500);
  const sum = await shiftsOf(widget);
  assert.ok(sum < 0.02, `the layout shifted by ${sum}`);
});

for (const width of [320, 390, 1280]) {
  test(`long words, code and deep replies stay inside ${width} pixels`, async (t) => {
    const { server, host, post } = await startBlog(t);
    let parent;
    const bodies = ['x'.repeat(400), `\`\`\`\n${'let line = 1; '.repeat(40)}\n\`\`\``, 'https://example.org/' + 'deep/'.repeat(60), 'Plain.', 'Deeper.', 'Deepest.'];
    for (const body of bodies) {
      parent = await api(server, host).comment({ page, body, parent_id: parent?.comment.id, author: { name: 'N'.repeat(60) } });
    }
    const widget = await Widget.open(await startWindow(t, browser, { viewport: { width, height: 800 } }), post);
    assert.equal(await widget.comments().count(), bodies.length);
    const { wide, inside } = await widget.page.evaluate(() => ({
      wide: document.documentElement.scrollWidth,
      inside: document.documentElement.clientWidth,
    }));
    assert.ok(wide <= inside, `the page is ${wide} pixels wide on a screen of ${inside}`);
  });
}

test('the reader’s font size is respected', async (t) => {
  const { server, host, post } = await startBlog(t);
  await api(server, host).comment({ page, body: 'Legible.' });
  const widget = await Widget.open(await startWindow(t, browser), post);
  const size = () => widget.comments('Legible.').locator('.body').evaluate((node) => parseFloat(getComputedStyle(node).fontSize));
  const usual = await size();
  await widget.page.addStyleTag({ url: '/blog.css' });
  await widget.page.evaluate(() => { document.body.style.fontSize = '200%'; document.documentElement.style.fontSize = '200%'; });
  const large = await size();
  assert.ok(large >= usual * 1.8, `text went from ${usual} to ${large} pixels`);
});

test('motion is left out for readers who asked for that', async (t) => {
  const { server, host, post } = await startBlog(t);
  const made = await api(server, host).comment({ page, body: 'Still.' });
  const window = await startWindow(t, browser, { reducedMotion: 'reduce' });
  const widget = await Widget.open(window, `${post}#afterword-${made.comment.id}`);
  await until(() => widget.comments('Still.').evaluate((node) => node.classList.contains('marked')), 'the mark');
  const moving = await widget.element.evaluate((host) => {
    const all = [...host.shadowRoot.querySelectorAll('*')];
    return host.shadowRoot.getAnimations?.().length ||
      all.filter((node) => parseFloat(getComputedStyle(node).transitionDuration) > 0.01 || getComputedStyle(node).animationName !== 'none').length;
  });
  assert.equal(moving, 0);
});

test('dark mode turns the widget dark', async (t) => {
  const { server, host, post } = await startBlog(t);
  await api(server, host).comment({ page, body: 'Day and night.' });
  const lightness = async (colorScheme) => {
    const widget = await Widget.open(await startWindow(t, browser, { colorScheme }), post);
    const colour = await widget.comments('Day and night.').locator('.body').evaluate((node) => getComputedStyle(node).color);
    const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
    return colour.startsWith('rgb') ? (red + green + blue) / 3 / 255 : red;
  };
  assert.ok(await lightness('light') < 0.45, 'dark letters by day');
  assert.ok(await lightness('dark') > 0.6, 'light letters by night');
});
