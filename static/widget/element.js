// <afterword-comments>: the custom element, its frame, and when it starts and stops.

import { connect } from './api.js';
import { alertOf, button, make } from './dom.js';
import { makeForm } from './form.js';
import { watch } from './live.js';
import { sheet } from './style.js';
import { follow, loadMine, loadPage, reveal } from './thread.js';
import { loadWords } from './words.js';

/** @typedef {import('./embed.js').Boot} Boot */
/** @typedef {import('./thread.js').Context} Context */

/** The site's own looks, where the page has none of its own.
 * @param {HTMLElement} host @param {import('./api.js').Site} site */
function dress(host, { theme, accent, on_accent }) {
  if (theme && !host.getAttribute('theme')) host.setAttribute('theme', theme);
  const own = getComputedStyle(host).getPropertyValue('--afterword-accent');
  host.style.setProperty('--_site', accent);
  host.style.setProperty('--_on', own ? '' : on_accent);
}

/** Builds the frame and fills it.
 * @param {HTMLElement} host @param {Boot} boot @param {AbortSignal} signal */
async function mount(host, boot, signal) {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [sheet];
  const loaded = await loadWords(boot, host).catch(() => {});
  if (signal.aborted) return;
  if (!loaded) {
    // The one place where words are not the language's: there are none, not even English ones.
    const again = button('retry', 'Try again', () => mount(host, boot, signal));
    const focused = root.activeElement;
    root.replaceChildren(make('div.shell', { lang: 'en' }, alertOf('Comments could not be loaded.'), again));
    if (focused) again.focus();
    return;
  }
  const { word, words, locale } = loaded;

  const level = /** @type {'h2'} */ (`h${boot.setting(host, 'heading-level') || 2}`);
  const title = make(`${level}.title`, { id: 'title' }, word('comments'));
  const list = make('ol.list', { role: 'list' });
  const lost = make('p.lost', { tabindex: -1, hidden: true }, word('lost'));
  const status = make('p.status', { role: 'status' });
  const content = make('div.content', { 'aria-busy': true });
  const shell = make('section.shell', { 'aria-labelledby': 'title', lang: words, dir: word('dir') });
  const head = make('div.head', {}, title);
  const notice = button('notice', '', () => attempt(() => reveal(context)));
  shell.append(make('div.pin', {}, notice), head, content, status);
  notice.hidden = true;
  root.replaceChildren(shell);

  // Its page comes with the first answer; nothing reads it before.
  const context = /** @type {Context} */ (/** @type {unknown} */ (/** @satisfies {Omit<Context, 'page'>} */ ({
    host, boot, root, list, lost, signal, word, locale, paint,
    api: connect(boot, host, loaded, signal),
    sort: boot.setting(host, 'sort'),
    me: { votes: {}, editable: {} },
    items: new Map(),
    held: new Map(),
    last: new Map(),
    pages: 0,
    cursor: null,
    unseen: new Set(),
    say(text) {
      status.textContent = text;
    },
    emit(name, detail) {
      host.dispatchEvent(new CustomEvent(`afterword:${name}`, { detail, bubbles: true, composed: true }));
    },
    fail(problem) {
      context.emit('error', problem);
      return problem.message;
    },
  })));

  const more = button('more', word('more'), () =>
    attempt(async () => {
      const [first] = await loadPage(context);
      context.items.get(first?.id)?.article.focus({ preventScroll: true });
    }),
  );
  const sorter = make('select.sort', { 'aria-label': word('sort'), change: resort });
  for (const sort of ['oldest', 'newest', 'best']) sorter.append(make('option', { value: sort }, word(sort)));
  const empty = make('p.empty', {}, word('empty'));
  const closed = make('p.closed', {}, word('locked'));
  const trouble = make('div.trouble');
  let told = 0;

  function paint() {
    const { items, unseen: { size }, page: { sort, thread } } = context;
    title.textContent = thread.count ? word('title', { n: thread.count }) : word('comments');
    sorter.value = sort;
    sorter.hidden = !items.size;
    empty.hidden = !sorter.hidden || thread.locked;
    closed.hidden = !thread.locked;
    more.hidden = !context.cursor;
    notice.hidden = !size;
    notice.textContent = word('fresh', { n: size });
    if (size > told) context.say(notice.textContent);
    told = size;
    shell.classList.toggle('locked', thread.locked);
  }

  /** Does something the reader can ask for again where it fails.
   * @param {() => Promise<unknown>} action */
  async function attempt(action) {
    trouble.replaceChildren();
    try {
      await action();
    } catch (problem) {
      if (signal.aborted) return;
      trouble.replaceChildren(
        alertOf(context.fail(problem)),
        button('retry', word('retry'), () => attempt(action)),
      );
      content.append(trouble);
    }
  }

  function resort() {
    Object.assign(context, { sort: sorter.value, last: new Map(), cursor: null, pages: 0 });
    context.items.clear();
    context.unseen.clear();
    notice.hidden = true;
    list.replaceChildren();
    attempt(() => loadPage(context));
  }

  const jump = () => attempt(() => follow(context, location.hash));

  await attempt(async () => {
    await loadPage(context);
    if (signal.aborted) return;
    dress(host, context.page.site);
    head.append(sorter);
    content.replaceChildren(closed, makeForm(context, {}), lost, list, empty, more);
    content.removeAttribute('aria-busy');
    context.emit('ready', { count: context.page.thread.count });
    const ticking = setInterval(() => {
      if (signal.aborted) clearInterval(ticking);
      for (const item of context.items.values()) item.tick();
    }, 60_000);
    addEventListener('hashchange', jump, { signal });
    watch(context);
    await loadMine(context).catch(context.fail);
    await jump();
  });
}

/** Called by the loader.
 * @param {Boot} boot */
export function start(boot) {
  if (customElements.get('afterword-comments')) return;

  class AfterwordComments extends HTMLElement {
    static observedAttributes = ['site', 'page', 'sort', 'limit', 'lang', 'heading-level'];
    #shown = '';
    #stop = new AbortController();

    connectedCallback() {
      const theme = boot.setting(this, 'theme');
      if (theme) this.setAttribute('theme', theme);
      this.#sync();
    }

    // Being moved is being taken out and put in again at once: then nothing is lost.
    disconnectedCallback() {
      queueMicrotask(() => this.isConnected || this.#end());
    }

    attributeChangedCallback() {
      this.#sync();
    }

    /** Starts again, for a page whose address changed while the element stayed. */
    reload() {
      this.#end();
      this.#sync();
    }

    #end() {
      this.#stop.abort();
      this.#shown = '';
    }

    // Several attributes may change together.
    #sync() {
      queueMicrotask(() => {
        const wanted = AfterwordComments.observedAttributes.map((name) => boot.setting(this, name)).join();
        if (!this.isConnected || wanted === this.#shown) return;
        this.#end();
        this.#shown = wanted;
        this.#stop = new AbortController();
        mount(this, boot, this.#stop.signal);
      });
    }
  }
  customElements.define('afterword-comments', AfterwordComments);
}
