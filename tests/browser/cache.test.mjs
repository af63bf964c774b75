// nginx in front, configured as docs/operations.md says, with its cache: what it may keep it keeps, what was taken away is
// gone from it within the stated time, and what is one person's is never in it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { api, project, startBlog, temporaryFolder, until } from './support.mjs';

/** So many milliseconds a shared cache may go on with what it has, as docs/operations.md says. */
const STATED = 15_000;

const nginx = process.env.NGINX ?? ['/usr/sbin/nginx', '/usr/bin/nginx'].find((file) => existsSync(file));

/** A port that nothing listens on. */
const freePort = () => new Promise((done) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => done(port));
  });
});

/** Starts nginx with the configuration of the docs in front of `server`. */
async function front(t, server) {
  const folder = temporaryFolder();
  for (const name of ['cache', 'a', 'b', 'c', 'd', 'e']) mkdirSync(join(folder, name));
  const docs = readFileSync(join(project, 'docs/operations.md'), 'utf8');
  const [, given] = docs.match(/```nginx\n([\s\S]*?)```/);
  const [cache, locations] = given
    .replaceAll('http://127.0.0.1:8080', server.url)
    .replace('/var/cache/nginx/afterword', join(folder, 'cache'))
    .split(/\n\n([\s\S]*)/);
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), `
    ${process.getuid() === 0 ? 'user root;' : ''} daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
    events {}
    http {
      access_log off;
      client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
      uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
      ${cache}
      server { listen 127.0.0.1:${port}; add_header x-cache $upstream_cache_status always; ${locations} }
    }`);
  assert.ok(nginx, 'nginx is not installed');
  const child = spawn(nginx, ['-c', join(folder, 'nginx.conf'), '-p', folder, '-e', join(folder, 'error.log')], { stdio: 'inherit' });
  const ended = new Promise((done) => { child.once('exit', done); });
  t.after(async () => { child.kill('SIGTERM'); await ended; });
  const url = `http://127.0.0.1:${port}`;
  await until(() => fetch(`${url}/healthz`).then((answer) => answer.ok, () => false), 'nginx to answer');
  return { ...server, url };
}

/** As a browser or a program asks, with what the cache did. */
const asked = async (url, headers = {}) => {
  const answer = await fetch(url, { headers });
  const { headers: found, status } = answer;
  return { status, text: await answer.text(), cache: found.get('x-cache'), tag: found.get('etag') };
};

test('a shared cache answers by itself, and what was taken away is gone from it within the stated time', async (t) => {
  const { server, host } = await startBlog(t);
  const cached = await front(t, server);
  const say = api(cached, host);
  const posted = await say.comment({ page: '/a', body: `Soon to be gone. ${'Long enough to be packed. '.repeat(40)}` });
  const thread = `${cached.url}/api/v1/threads?site=blog&page=/a`;
  const first = await asked(thread, { 'accept-encoding': 'gzip' });
  assert.equal(first.cache, 'MISS');
  const second = await asked(thread, { 'accept-encoding': 'gzip' });
  assert.deepEqual([second.cache, second.tag, second.text], ['HIT', first.tag, first.text]);
  const plain = await asked(thread, { 'accept-encoding': 'identity' });
  assert.deepEqual([plain.cache, plain.text], ['MISS', first.text], 'another encoding is kept apart');
  assert.notEqual(plain.tag, first.tag);
  assert.equal((await asked(thread, { 'accept-encoding': 'gzip', 'if-none-match': first.tag })).status, 304);

  const gone = await say.call('DELETE', `/comments/${posted.comment.id}`, { token: posted.edit_token });
  assert.equal(gone.status, 204);
  assert.ok(!(await asked(thread.replace(cached.url, server.url))).text.includes('Soon to be gone'), 'at once where nothing is in front');
  const begun = Date.now();
  while ((await asked(thread, { 'accept-encoding': 'gzip' })).text.includes('Soon to be gone')) {
    assert.ok(Date.now() - begun < STATED, 'it is still there');
    await new Promise((later) => { setTimeout(later, 200); });
  }
});

test('what is one person’s is never in a shared cache', async (t) => {
  const { server, host } = await startBlog(t, { moderation: 'all' });
  const cached = await front(t, server);
  const say = api(cached, host);
  const held = await say.comment({ page: '/a', body: 'Only mine.' });
  const me = `${cached.url}/api/v1/me?site=blog&page=/a`;
  const mine = await asked(me, { authorization: `Bearer ${held.edit_token}` });
  assert.ok(mine.text.includes('Only mine.') && !mine.cache, mine.cache);
  const theirs = await asked(me);
  assert.ok(!theirs.text.includes('Only mine.') && !theirs.cache);
  assert.ok(!(await asked(`${cached.url}/api/v1/threads?site=blog&page=/a`, { authorization: `Bearer ${held.edit_token}` })).text.includes('Only mine.'));
});

test('live streams come through', { timeout: 20_000 }, async (t) => {
  const { server, host } = await startBlog(t);
  const cached = await front(t, server);
  const stop = new AbortController();
  t.after(() => stop.abort());
  const stream = await fetch(`${cached.url}/api/v1/stream?site=blog&page=/a`, { signal: stop.signal });
  const reader = stream.body.pipeThrough(new TextDecoderStream()).getReader();
  const { comment } = await api(cached, host).comment({ page: '/a', body: 'Heard through nginx.' });
  let heard = '';
  while (!heard.includes(comment.id)) {
    const { value, done } = await reader.read();
    assert.ok(!done, heard);
    heard += value;
  }
});
