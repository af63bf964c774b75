// The loader. Its address never changes, so it is tiny and rarely cached for long; everything else lives under a
// versioned address. It asks for the thread and the words while the widget itself is still on its way.

const base = new URL('.', import.meta.url).href;
const assets = 'w/__AFTERWORD_VERSION__/';
const languages = '__AFTERWORD_LANGUAGES__'.split(' ');
const script = [...document.scripts].find((one) => one.src === import.meta.url);

/** @typedef {typeof boot} Boot what the loader hands to the widget */

/** A setting of one element: its attribute, else the script's data-attribute.
 * @param {Element} host @param {string} name */
const setting = (host, name) => host.getAttribute(name) ?? script?.getAttribute(`data-${name}`) ?? '';

/** @param {Element} host */
const pageOf = (host) =>
  setting(host, 'page') ||
  /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel=canonical]'))?.href ||
  location.origin + location.pathname;

/** The page's language as the page says it, and the nearest one there are words for.
 * @param {Element} host */
const languageOf = (host) => {
  const locale = setting(host, 'lang') || host.closest('[lang]')?.getAttribute('lang') || '';
  const [words] = locale.toLowerCase().split(/[-_]/);
  return languages.includes(words) ? [words, locale] : ['en', 'en'];
};

/** The question about the element's page, below the base; empty values are left out.
 * @param {Element} host @param {string} path @param {Record<string, string | null>} [more] */
const ask = (host, path, more = {}) => {
  const query = new URLSearchParams({ site: setting(host, 'site'), page: pageOf(host) });
  for (const [name, value] of Object.entries(more)) if (value) query.set(name, value);
  return `api/v1/${path}?${query}`;
};

/** @type {Map<string, Promise<Response>>} */
const early = new Map();

/** Like fetch, but takes what was asked for early, once. A thread is asked for anew each time: a browser that keeps it
 * for the moment that shared caches may would hide from people what they have just written (`api/…`; files are `w/…`).
 * @param {string} path @param {RequestInit} [init] */
const get = (path, init) => {
  const asked = early.get(path);
  early.delete(path);
  return asked ?? fetch(base + path, { credentials: 'omit', cache: path[0] === 'a' ? 'no-cache' : undefined, ...init });
};

/** @param {string} path */
const prefetch = (path) => {
  const answer = get(path);
  // The widget sees the failure when it asks; here it must only not count as unhandled.
  answer.catch(() => {});
  early.set(path, answer);
};

const boot = { base, assets, setting, pageOf, languageOf, ask, get };

for (const host of document.querySelectorAll('afterword-comments')) {
  prefetch(ask(host, 'threads', { sort: setting(host, 'sort'), limit: setting(host, 'limit') }));
  prefetch(`${assets}${languageOf(host)[0]}.json`);
}
import(`${base}${assets}widget.js`).then((widget) => widget.start(boot));
