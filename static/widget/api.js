// Talking to the server, and the shapes of its answers.

import { recall, remember } from './store.js';

/** @typedef {{ name: string, url: string | null, avatar: string | null, badge: 'owner' | null }} Author */
/** @typedef {{ id: string, parent_id: string | null, depth: number, author: Author | null, html: string,
 *   created_at: string, edited_at: string | null, score: number, pinned: boolean, deleted: boolean,
 *   reply_to: { id: string, name: string } | null, status?: 'published' | 'held' }} Comment */
/** @typedef {{ key: string, display_depth: number, max_length: number, edit_window: number, theme: string | null,
 *   accent: string | null, on_accent: string | null }} Site */
/** @typedef {{ count: number, locked: boolean }} Thread */
/** @typedef {{ site: Site, thread: Thread, sort: string, comments: Comment[], next_cursor: string | null }} Page */
/** @typedef {{ votes: Record<string, number>, held: Comment[], editable: Record<string, string> }} Me */

/** What went wrong, in words for a person. Without a status the server was not reached.
 * @typedef {Error & { status?: number, field?: string }} Problem */

/** @typedef {ReturnType<typeof connect>} Api */

/** The calls one element makes.
 * @param {import('./embed.js').Boot} boot @param {Element} host @param {import('./words.js').Word} word
 * @param {AbortSignal} signal */
export function connect(boot, host, word, signal) {
  const room = `afterword:${boot.base}:${boot.setting(host, 'site')}:`;
  const tokenKey = `${room}token`;

  /** @param {string} path @param {RequestInit} init */
  async function send(path, init) {
    const answer = await boot.get(path, init).catch(() => {
      throw Error(word('offline'));
    });
    // A token the server no longer knows would spoil every later call as well.
    if (answer.status === 401) remember(tokenKey, '');
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      throw Object.assign(Error(body.detail || word('failed')), { status: answer.status, field: body.field });
    }
    return body;
  }

  /** As the person this browser belongs to. What a person writes is sent to its end even when the element goes.
   * @param {string} method @param {string} path @param {object} [data] @param {Record<string, string>} [more]
   * @returns {Promise<any>} */
  function call(method, path, data, more) {
    const token = recall(tokenKey);
    const headers = { ...more, ...(data && { 'Content-Type': 'application/json' }), ...(token && { Authorization: `Bearer ${token}` }) };
    return send(path, { method, headers, body: data && JSON.stringify(data), signal: AbortSignal.timeout(30_000) });
  }

  return {
    room,
    token: () => recall(tokenKey),
    /** @param {string} [token] */
    keepToken(token) {
      if (token) remember(tokenKey, token);
    },
    /** The thread is read without the token: its bytes are the same for everyone.
     * @param {string} sort @param {string | null} cursor
     * @returns {Promise<Page>} */
    thread: (sort, cursor) =>
      send(boot.ask(host, 'threads', { sort, limit: boot.setting(host, 'limit'), cursor }), { signal }),
    /** @returns {Promise<Me>} */
    me: () => call('GET', boot.ask(host, 'me')),
    /** @param {string} method @param {string} path below comments
     * @param {object} [data] @param {Record<string, string>} [headers] */
    comments: (method, path, data, headers) => call(method, `api/v1/comments${path}`, data, headers),
    /** @param {string} body @param {string} site
     * @returns {Promise<{ html: string }>} */
    preview: (body, site) => call('POST', 'api/v1/preview', { body, site }),
  };
}
