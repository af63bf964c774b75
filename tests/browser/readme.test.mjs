// The README's walk "From an empty folder to comments under a Hugo blog", with the commands and files it names, as they
// stand there. Only the ports are others, since these may be taken.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Admin } from './admin.mjs';
import { ADMIN, binary, project, startBrowser, startServer, startWindow, temporaryFolder, until } from './support.mjs';
import { Widget } from './widget.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

/** The walk's steps: what stands between one bold number and the next. */
function stepsOfTheReadme() {
  const readme = readFileSync(join(project, 'README.md'), 'utf8');
  const walk = readme.split('## From an empty folder to comments under a Hugo blog')[1]?.split('\n## ')[0];
  assert.ok(walk, 'the README has the walk');
  return walk.split(/^\*\*\d\. /m).slice(1);
}

const blocks = (step, language) => [...step.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text);

async function freePort() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

test('the README leads from an empty folder to a reply that is held, approved and seen live', async (t) => {
  const steps = stepsOfTheReadme();
  assert.equal(steps.length, 7);
  const empty = temporaryFolder();
  const path = join(empty, 'bin');
  mkdirSync(path);
  symlinkSync(binary(), join(path, 'afterword'));
  const env = { ...process.env, PATH: `${path}:${process.env.PATH}` };
  for (const name of Object.keys(env)) if (name.startsWith('AFTERWORD_')) delete env[name];
  const blogPort = await freePort();

  assert.deepEqual(blocks(steps[0], 'sh'), ['mkdir comments && cd comments\nafterword serve\n']);
  mkdirSync(join(empty, 'comments'));
  const server = await startServer(t, { data: join(empty, 'comments', 'afterword-data') });
  const here = (text) => text.replaceAll('http://127.0.0.1:8080', server.url).replaceAll('localhost:1313', `localhost:${blogPort}`);
  const shell = (text, folder) => {
    const done = spawnSync('sh', ['-e', '-c', here(text)], { cwd: folder, env, encoding: 'utf8' });
    assert.equal(done.status, 0, `${text}\n${done.stdout}${done.stderr}`);
    return done.stdout;
  };
  const owner = await startWindow(t, browser);
  const admin = new Admin(await owner.newPage(), server);
  await admin.page.goto(server.output.match(/http:\/\/\S+#\S+/)[0]);
  await admin.page.getByLabel('Email').fill(ADMIN.email);
  await admin.page.getByLabel('Name', { exact: true }).fill('Owner');
  await admin.page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await admin.button(/Make the account/).click();
  await admin.signedIn();

  const [makeBlog] = blocks(steps[1], 'sh');
  shell(makeBlog, empty);
  const blog = join(empty, 'blog');
  const [index, single] = blocks(steps[1], 'html');
  const [partial] = blocks(steps[2], 'html');
  const files = { 'layouts/index.html': index, 'layouts/_default/single.html': single, 'layouts/partials/comments.html': partial };
  for (const [name, text] of Object.entries(files)) {
    assert.ok(steps.join('').includes(`\`${name}\``), `${name} is named`);
    writeFileSync(join(blog, name), here(text));
  }

  const [makeSite] = blocks(steps[3], 'sh');
  const tag = shell(makeSite, empty);
  assert.ok(tag.includes(here(partial).split('\n')[0]), 'the tag that is printed is the tag of step 3');
  copyFileSync(join(project, 'docs/samples/disqus.xml'), join(empty, 'comments', 'disqus.xml'));
  shell(blocks(steps[4], 'sh')[0], join(empty, 'comments'));

  assert.deepEqual(blocks(steps[5], 'sh'), ['hugo server -D\n']);
  const hugo = spawn('hugo', ['server', '-D', '--port', `${blogPort}`], { cwd: blog, env, stdio: 'ignore' });
  t.after(() => hugo.kill('SIGKILL'));
  const post = here(steps[5].match(/<(http:\/\/localhost:1313\S+)>/)[1]);
  await until(() => fetch(post).then((answer) => answer.ok, () => false), 'hugo to serve the post');

  const first = await Widget.open(await startWindow(t, browser), post);
  await first.comments('Congratulations on the first one!').waitFor();
  const second = await Widget.open(await startWindow(t, browser), post);
  await second.listening();
  await first.reply(first.comments('Congratulations').first(), 'It still is a blog.', { name: 'A reader' });
  await first.comments('It still is a blog.').getByText(first.word('held')).waitFor();
  assert.equal(await second.comments('It still is a blog.').count(), 0);
  await admin.go('/queue');
  await admin.act('It still is a blog.', 'Approve');
  await second.notice.filter({ hasText: '1 new comment' }).waitFor();
  await second.notice.click();
  await second.comments('It still is a blog.').waitFor();
});
