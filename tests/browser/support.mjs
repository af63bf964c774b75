// What every browser test stands on: the real server on a free port, somebody else's website beside it, and a
// real browser. The blog is on http://localhost, the comments are on http://127.0.0.1: to a browser those are
// two different sites, as they are in life.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const project = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const ADMIN = { email: 'owner@example.org', password: 'correct horse battery staple' };

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

// No limits (0 is none), since a test is quicker than any person; a test of a limit sets its own.
const ROOMY = {
  AFTERWORD_LIMITS_POSTS_PER_MINUTE: '0',
  AFTERWORD_LIMITS_PERSON_POSTS_PER_MINUTE: '0',
  AFTERWORD_LIMITS_VOTES_PER_MINUTE: '0',
  AFTERWORD_LIMITS_PREVIEWS_PER_MINUTE: '0',
  AFTERWORD_LIMITS_SIGN_INS_PER_MINUTE: '0',
};

/** The environment of the program under test: none of our own AFTERWORD_ variables, which it would refuse. */
function environment(more) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AFTERWORD_'));
  return { ...Object.fromEntries(inherited), ...ROOMY, ...more };
}

/** Removed when all that wrote into them has ended. @type {string[]} */
const folders = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'afterword-browser-'));
  folders.push(folder);
  return folder;
}

/** The executable under test: AFTERWORD_BIN, else the newest release build. */
export function binary() {
  if (process.env.AFTERWORD_BIN) return process.env.AFTERWORD_BIN;
  const target = process.env.CARGO_TARGET_DIR ?? join(project, 'target');
  const places = existsSync(target) ? ['.', ...readdirSync(target)] : [];
  const built = places.map((place) => join(target, place, 'release', 'afterword')).filter((path) => existsSync(path));
  built.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (!built.length) throw new Error('No executable: run `cargo build --release`, or set AFTERWORD_BIN.');
  return built[0];
}

/** Runs one command of the executable and answers what it printed; throws when it fails. */
export function run(args, { env = {}, allowFailure = false } = {}) {
  const done = spawnSync(binary(), args, { encoding: 'utf8', env: environment(env) });
  if (done.status !== 0 && !allowFailure) {
    throw new Error(`afterword ${args.join(' ')} ended with ${done.status}:\n${done.stdout}${done.stderr}`);
  }
  return done;
}

/** Starts the server (or `afterword demo`) and waits until it has said where it is and is ready. */
export async function startServer(test, { command = 'serve', env = {}, data, listen = '127.0.0.1:0' } = {}) {
  const folder = data ?? (command === 'serve' ? temporaryFolder() : undefined);
  const args = [command, '--listen', listen, ...(folder ? ['--data', folder] : [])];
  const child = spawn(binary(), args, {
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = { child, data: folder, output: '', url: '', stopped: false };
  for (const pipe of [child.stdout, child.stderr]) {
    pipe.setEncoding('utf8');
    pipe.on('data', (text) => { server.output += text; });
  }
  const ended = new Promise((done) => child.once('exit', (code, signal) => { server.stopped = true; done(code ?? signal); }));
  server.stop = async (signal = 'SIGTERM') => {
    if (!server.stopped) child.kill(signal);
    return ended;
  };
  server.cli = (...words) => run([...words, '--data', folder]);
  // Asked first, since the demo removes its folder when it ends.
  test?.after(async () => {
    await Promise.race([server.stop(), new Promise((later) => { setTimeout(later, 3000).unref(); })]);
    await server.stop('SIGKILL');
  });
  server.url = await until(() => {
    if (server.stopped) throw new Error(`The server ended at once:\n${server.output}`);
    return server.output.match(/http:\/\/127\.0\.0\.1:\d+/)?.[0];
  }, 'the server to print its address', () => server.output);
  server.origin = server.url;
  await until(() => fetch(`${server.url}/readyz`).then((answer) => answer.ok, () => false), 'the server to be ready');
  return server;
}

/** Adds the account that the tests of the dashboard sign in with. */
export function createAdmin(server) {
  const file = join(server.data, 'password.txt');
  writeFileSync(file, ADMIN.password, { mode: 0o600 });
  server.cli('admin', 'create', '--email', ADMIN.email, '--password-file', file);
  rmSync(file);
}

export function createSite(server, key, origin, { name = 'My blog', moderation = 'none' } = {}) {
  server.cli('site', 'create', key, '--origin', origin, '--name', name, '--moderation', moderation);
}

/** The lines a blog's author pastes. */
export function embed(server, site = 'blog', attributes = '') {
  return `<script type="module" src="${server.origin}/embed.js" data-site="${site}"></script>
<afterword-comments ${attributes}><svg display="block" width="1" height="24rem"></svg></afterword-comments>`;
}

/** The strictest policy of a host page under which the widget must still work. */
export function hostPolicy(server) {
  return `default-src 'none'; script-src ${server.origin}; connect-src ${server.origin}; style-src 'self'; ` +
    `img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

/** Nothing about comments: the tag alone must do. */
const BLOG_CSS = 'body{font:16px/1.5 sans-serif;max-width:44rem;margin:1rem auto;padding:0 1rem}' +
  '@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}';

/** One page of somebody else's website around `body`. */
export function page(body, { lang = 'en', dir = 'ltr', title = 'A post', head = '' } = {}) {
  return `<!doctype html><html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/blog.css">${head}</head>
<body><main><h1>${title}</h1><p>What the author had to say.</p>${body}</main></body></html>`;
}

/** Somebody else's website. `pages` maps a path to HTML, or to a function of the URL that answers HTML. */
export async function startHost(test, { pages = {}, policy } = {}) {
  const site = { pages, policy, url: '', folder: undefined, serve(folder) { site.folder = folder; } };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const found = url.pathname === '/blog.css' ? BLOG_CSS : site.pages[url.pathname] ?? site.pages['*'];
    const answer = found === undefined && site.folder ? await fileAt(site.folder, url.pathname) : found;
    response.setHeader('Content-Type', typeOf(url.pathname));
    if (site.policy) response.setHeader('Content-Security-Policy', site.policy);
    response.statusCode = answer === undefined ? 404 : 200;
    response.end(typeof answer === 'function' ? answer(url) : answer ?? 'Not found');
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  site.url = `http://localhost:${server.address().port}`;
  site.stop = () => new Promise((done) => { server.closeAllConnections(); server.close(done); });
  test?.after(site.stop);
  return site;
}

async function fileAt(folder, path) {
  const name = join(folder, path.endsWith('/') ? `${path}index.html` : path);
  return readFile(name).catch(() => undefined);
}

function typeOf(path) {
  if (path.endsWith('.css')) return 'text/css; charset=utf-8';
  if (path.endsWith('.js')) return 'text/javascript; charset=utf-8';
  return path.endsWith('.xml') ? 'application/xml' : 'text/html; charset=utf-8';
}

/** A server with one site and one blog page that shows it, the usual start of a test. */
export async function startBlog(test, { moderation = 'none', attributes = '', lang, dir, env, site = 'blog' } = {}) {
  const server = await startServer(test, { env });
  const host = await startHost(test);
  createSite(server, site, host.url, { moderation });
  host.policy = hostPolicy(server);
  host.pages['*'] = () => page(embed(server, site, attributes), { lang, dir });
  return { server, host, site, post: `${host.url}/posts/first/` };
}

/** A browser for one test file. */
export async function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

/**
 * A browser window with a profile of its own that refuses third-party cookies, as its user told it to.
 * What pages complain about is collected in `context.complaints`.
 */
export async function startPrivateWindow(test, { thirdPartyCookies = false, ...options } = {}) {
  const profile = temporaryFolder();
  mkdirSync(join(profile, 'Default'), { recursive: true });
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify({
    profile: { block_third_party_cookies: !thirdPartyCookies, cookie_controls_mode: thirdPartyCookies ? 0 : 1 },
  }));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: thirdPartyCookies ? FLAGS : [...FLAGS, '--test-third-party-cookie-phaseout'],
    ...options,
  });
  test?.after(() => context.close());
  return listen(context);
}

/** An ordinary window without any history. */
export async function startWindow(test, browser, options = {}) {
  const context = await browser.newContext(options);
  test?.after(() => context.close());
  return listen(context);
}

function listen(context) {
  context.setDefaultTimeout(10_000);
  context.complaints = [];
  const note = (text) => context.complaints.push(text);
  context.on('weberror', (error) => note(`uncaught: ${error.error().message}`));
  context.on('console', (message) => {
    const text = message.text();
    if (/Content Security Policy|Refused to/i.test(text)) note(`policy: ${text}`);
    else if (message.type() === 'error' && !/Failed to load resource/.test(text)) note(`console: ${text}`);
  });
  return context;
}

/** Asks `ready` until it answers something true. */
export async function until(ready, what, detail = () => '') {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const answer = await ready();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`Waited 15 s for ${what}. ${detail()}`);
    await new Promise((later) => setTimeout(later, 50));
  }
}

/** Talks to the public API the way the widget on a page of `host` would. */
export function api(server, host) {
  const call = async (method, path, { body, token, headers = {} } = {}) => {
    const answer = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: {
        Origin: host.url,
        ...(body ? { 'Content-Type': 'application/json' } : {}),
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null };
  };
  const comment = async (fields) => {
    const answer = await call('POST', '/comments', {
      body: { site: 'blog', author: { name: 'Ann' }, elapsed_ms: 20_000, ...fields },
    });
    if (answer.status >= 300) throw new Error(`POST /comments: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const thread = (page, site = 'blog') =>
    call('GET', `/threads?site=${site}&page=${encodeURIComponent(page)}`).then((answer) => answer.body);
  return { call, comment, thread };
}
