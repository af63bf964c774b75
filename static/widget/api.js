// Talking to the server, and the shapes of its answers.

import { recall, remember } from './store.js';

/** @typedef {{ name: string, url: string | null, avatar: string | null, badge: 'owner' | null }} Author */
/** @typedef {{ id: string, parent_id: string | null, depth: number, author: Author | null, html: string,
 *   created_at: string, edited_at: string | null, score: number, pinned: boolean, deleted: boolean,
 *   reply_to: { id: string, name: string | null } | null, status?: 'published' | 'held' }} Comment */
/** @typedef {{ key: string, display_depth: number, max_length: number, edit_window: number, theme: string | null,
 *   accent: string | null, on_accent: string | null }} Site */
/** @typedef {{ count: number, locked: boolean }} Thread */
/** @typedef {{ site: Site, thread: Thread, sort: string, comments: Comment[], next_cursor: string | null,
 *   last_event?: string }} Page */
/** @typedef {{ votes: Record<string, number>, held: Comment[], editable: Record<string, string> }} Me */

/** What went wrong, in words for a person. Without a status the server was not reached.
 * @typedef {{ message: string, status?: number, field?: string }} Problem */

/** @typedef {ReturnType<typeof connect>} Api */

/** The last of the writes that are on their way, those of every element on the page. Each waits for the one before: its
 * answer may bring the token, and who writes without it is taken for somebody new.
 * @type {Promise<unknown>} */
export let writing = Promise.resolve();

/** The widget's own word for what the server refuses in English, by its field or status.
 * @type {Record<string, string>} */
const refusals = { elapsed_ms: 'wait', 403: 'refused', 404: 'deleted', 422: 'check', 429: 'wait' };

/** The calls one element makes.
 * @param {import('./embed.js').Boot} boot @param {Element} host @param {import('./words.js').Words} words
 * @param {AbortSignal} signal */
export function connect(boot, host, { word, words }, signal) {
  const room = `afterword:${boot.base}:${boot.setting(host, 'site')}:`;
  const tokenKey = `${room}token`;

  /** @param {string} path @param {RequestInit} init */
  async function send(path, init) {
    const answer = await boot.get(path, init).catch(() => {
      throw { message: word('offline') };
    });
    const { ok, status } = answer;
    const body = await answer.json().catch(() => ({}));
    if (ok) return body;
    const { detail, field } = body;
    // Faults of the setup are for whoever made the page: that there is no such site, or that this origin is not its own.
    const asIs = words === 'en' || (!init.method && status < 500) || detail?.includes(location.origin);
    throw { message: (asIs && detail) || word(refusals[field] ?? refusals[status] ?? 'failed'), status, field };
  }

  /** As the person this browser belongs to. What a person writes is sent to its end even when the element goes.
   * @param {string} method @param {string} path @param {object} [data] @param {Record<string, string>} [more]
   * @returns {Promise<any>} */
  async function call(method, path, data, more) {
    const token = recall(tokenKey);
    const headers = { 'Content-Type': 'application/json', ...more, ...(token && { Authorization: `Bearer ${token}` }) };
    const answer = await send(path, { method, headers, body: JSON.stringify(data), signal: AbortSignal.timeout(30_000) });
    const given = answer.edit_token ?? answer.token;
    if (given) remember(tokenKey, given);
    return answer;
  }

  return {
    room,
    /** The thread is read without the token: its bytes are the same for everyone.
     * @param {string} sort @param {string | null} cursor
     * @returns {Promise<Page>} */
    thread: (sort, cursor) =>
      send(boot.ask(host, 'threads', { sort, limit: boot.setting(host, 'limit'), cursor }), { signal }),
    /** Without a token of an earlier visit there is nothing to ask.
     * @returns {Promise<Me> | false} */
    me: () => !!recall(tokenKey) && call('GET', boot.ask(host, 'me')),
    /** @param {string} method @param {string} path below comments
     * @param {object} [data] @param {Record<string, string>} [headers] */
    comments(method, path, data, headers) {
      const answer = writing.then(() => call(method, `api/v1/comments${path}`, data, headers));
      writing = answer.catch(() => {});
      return answer;
    },
    /** @param {string} body @param {string} site
     * @returns {Promise<{ html: string }>} */
    preview: (body, site) => call('POST', 'api/v1/preview', { body, site }),
  };
}
