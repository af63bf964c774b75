// From a Disqus export to a reply that appears live: a blog built by the real Hugo, as in docs/guides/hugo.md.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { Admin } from './admin.mjs';
import {
  createAdmin, hostPolicy, project, startBrowser, startHost, startServer, startWindow, temporaryFolder, until,
} from './support.mjs';
import { Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

/** An export made by Disqus itself where there is one, else the project's own. */
function disqusExport() {
  for (const folder of [join(project, '../shared/samples'), join(project, 'tests/fixtures/import'), join(project, 'docs/samples')]) {
    const names = existsSync(folder) ? readdirSync(folder).sort() : [];
    const found = names.find((name) => /^disqus.*\.xml$/.test(name) && threadsIn(join(folder, name)).length);
    if (found) return join(folder, found);
  }
  throw new Error('There is no Disqus export to import: neither ../shared/samples nor tests/fixtures/import has one.');
}

/** The pages of an export that have comments a reader would see, each with a few words of one. */
function threadsIn(file) {
  const text = readFileSync(file, 'utf8');
  const blocks = (tag) => [...text.matchAll(new RegExp(`<${tag} dsq:id="([^"]*)"[^>/]*>(.*?)</${tag}>`, 'gs'))];
  const one = (block, tag) => block.match(new RegExp(`<${tag}>(.*?)</${tag}>`, 's'))?.[1] ?? '';
  const posts = blocks('post').filter(([, , post]) => !/<is(Deleted|Spam)>true/.test(post));
  return blocks('thread').flatMap(([, id, thread]) => {
    const link = one(thread, 'link');
    const said = posts.filter(([, , post]) => post.includes(`<thread dsq:id="${id}"`)).map(([, , post]) => wordsOf(one(post, 'message')));
    return link && said.some(Boolean) ? [{ url: new URL(link), title: one(thread, 'title') || 'Untitled', said: said.filter(Boolean) }] : [];
  });
}

/** The longest stretch of a message that is plain words whatever the markup around it. */
function wordsOf(message) {
  const pieces = message.replace(/<!\[CDATA\[|\]\]>/g, '').split(/<[^>]*>|&\w+;|\n/).map((piece) => piece.trim());
  return pieces.sort((a, b) => b.length - a.length)[0].slice(0, 60);
}

/** What the guide tells people to paste, letter for letter. */
function partialOfTheGuide() {
  const guide = readFileSync(join(project, 'docs/guides/hugo.md'), 'utf8');
  const block = guide.match(/`layouts\/partials\/comments\.html`:\s+```html\n(.*?)```/s);
  assert.ok(block, 'docs/guides/hugo.md has the partial');
  return block[1];
}

/** Files of a Hugo site with a small theme of its own, as a beginner would have it. */
function writeBlog(folder, server, blogUrl, threads) {
  const write = (name, text) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  write('config.toml', `baseURL = "${blogUrl}/"\nlanguageCode = "en"\ntitle = "My blog"
[params]
comments_server = "${server.url}"
comments_site = "blog"
`);
  write('layouts/_default/baseof.html', `<!doctype html><html lang="{{ site.LanguageCode }}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{{ .Title }}</title><link rel="canonical" href="{{ .Permalink }}">
<link rel="stylesheet" href="/blog.css"></head><body><main>{{ block "main" . }}{{ end }}</main></body></html>`);
  write('layouts/_default/single.html', `{{ define "main" }}<h1>{{ .Title }}</h1>{{ .Content }}{{ partial "comments.html" . }}{{ end }}`);
  write('layouts/index.html', `{{ define "main" }}<h1>{{ .Title }}</h1>{{ .Content }}<ul>{{ range site.RegularPages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>
{{ if .Params.discussed }}{{ partial "comments.html" . }}{{ end }}{{ end }}`);
  write('layouts/partials/comments.html', partialOfTheGuide());
  write('content/posts/my-first-post.md', '---\ntitle: My First Post\n---\nThis is **bold** text.\n');
  threads.forEach(({ url, title }, number) => {
    const home = url.pathname === '/';
    write(home ? 'content/_index.md' : `content/imported/${number}.md`,
      `---\ntitle: ${JSON.stringify(title)}\ndiscussed: true\n${home ? '' : `url: ${url.pathname}\n`}---\nAn old post.\n`);
  });
}

function build(folder) {
  const done = spawnSync('hugo', ['--source', folder, '--destination', join(folder, 'public'), '--quiet'], { encoding: 'utf8' });
  assert.equal(done.error, undefined, 'hugo is not installed: apt-get install hugo');
  assert.equal(done.status, 0, done.stdout + done.stderr);
  return join(folder, 'public');
}

test('a Hugo blog gets its Disqus comments back, and a new reply: held, approved, and live in a second window', async (t) => {
  const server = await startServer(t);
  const host = await startHost(t);
  const file = disqusExport();
  const threads = threadsIn(file);
  const origins = [...new Set([host.url, ...threads.map(({ url }) => url.origin)])];
  createAdmin(server);
  server.cli('site', 'create', 'blog', ...origins.flatMap((origin) => ['--origin', origin]), '--moderation', 'all');

  const blog = temporaryFolder();
  writeBlog(blog, server, host.url, threads);
  const folder = build(blog);
  host.serve(folder);
  host.policy = hostPolicy(server);

  const rehearsal = JSON.parse(server.cli('import', 'disqus', file, '--site', 'blog', '--dry-run', '--json').stdout.trim().split('\n').at(-1));
  const report = JSON.parse(server.cli('import', 'disqus', file, '--site', 'blog', '--json').stdout.trim().split('\n').at(-1));
  assert.equal(rehearsal.imported, report.imported);
  assert.ok(report.imported > 0, JSON.stringify(report));
  const again = JSON.parse(server.cli('import', 'disqus', file, '--site', 'blog', '--json').stdout.trim().split('\n').at(-1));
  assert.equal(again.imported, 0, 'a second run adds nothing');

  const reader = await startWindow(t, browser);
  for (const { url, said } of threads) {
    const widget = await Widget.open(reader, host.url + url.pathname);
    for (const words of said) await widget.comments(words).first().waitFor();
    await widget.page.close();
  }

  const address = host.url + threads[0].url.pathname;
  const author = await Widget.open(await startWindow(t, browser), address);
  const second = await Widget.open(await startWindow(t, browser), address);
  await author.reply(author.comments().first(), 'Still true, all these years later.', { name: 'Newcomer' });
  await author.comments('Still true').getByText(author.word('held')).waitFor();
  await second.reload();
  assert.equal(await second.comments('Still true').count(), 0);
  await second.listening();
  await author.listening();

  const admin = await Admin.open(await startWindow(t, browser), server);
  await admin.go('/queue');
  await admin.act('Still true', 'Approve');
  await second.notice.filter({ hasText: second.word('fresh', { n: 1 }) }).waitFor();
  await second.notice.click();
  await second.comments('Still true').waitFor();
  assert.deepEqual(reader.complaints, []);
  await until(async () => !(await author.comments('Still true').textContent()).includes(author.word('held')), 'the author’s window to follow');
});
