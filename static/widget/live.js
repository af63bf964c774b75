// What happens on the page while somebody reads it.

import { writing } from './api.js';
import { drop, refresh } from './thread.js';

/** @typedef {import('./thread.js').Context} Context */

// A page hidden for longer than this lets its stream go; browsers allow few at a time.
const patience = 60_000;
// For so long the server remembers what happened.
const day = 86_400_000;

/** @param {Context} context */
export function watch(context) {
  const { boot, host, items, unseen, signal } = context;
  /** @type {EventSource | undefined} */
  let source;
  let near = false;
  let checking = 0;
  let hiding = 0;
  let hidden = 0;
  // The last event that was heard.
  let heard = '';

  /** One look soon; not everybody's at the same moment. */
  function check() {
    clearTimeout(checking);
    checking = setTimeout(() => refresh(context).catch(() => {}), 300 + Math.random() * 2000);
  }

  /** @param {MessageEvent<string>} event */
  async function changed({ type, data, lastEventId }) {
    heard = lastEventId;
    // The event of one's own comment may be quicker than the answer to the post.
    await writing;
    const { id, count } = JSON.parse(data);
    context.page.thread.count = count;
    if (type === 'removed') {
      unseen.delete(id);
      await drop(context, [id]);
    } else if (items.has(id)) check();
    else if (type === 'published') unseen.add(id);
    context.paint();
  }

  /** @param {MessageEvent<string>} event */
  function locked({ data, lastEventId }) {
    heard = lastEventId;
    context.page.thread.locked = JSON.parse(data).locked;
    context.paint();
  }

  /** @param {MessageEvent<string>} event */
  function hello({ data, lastEventId }) {
    // Something may have come before the stream did, or in a gap of it.
    if (heard || JSON.parse(data).count !== context.page.thread.count) check();
    heard = lastEventId;
  }

  function open() {
    if (source || !near || document.hidden || signal.aborted) return;
    const stream = (source = new EventSource(boot.base + boot.ask(host, 'stream', { since: heard })));
    for (const type of ['published', 'changed', 'removed']) stream.addEventListener(type, changed);
    stream.addEventListener('thread', locked);
    stream.addEventListener('hello', hello);
    stream.onerror = () => {
      if (stream.readyState !== stream.CLOSED) return;
      close();
      setTimeout(open, patience * (1 + Math.random()));
    };
  }

  function close() {
    source?.close();
    source = undefined;
  }

  const eye = new IntersectionObserver(
    ([{ isIntersecting }]) => {
      near ||= isIntersecting;
      open();
    },
    { rootMargin: '600px' },
  );
  eye.observe(host);
  document.addEventListener(
    'visibilitychange',
    () => {
      clearTimeout(hiding);
      if (document.hidden) {
        hidden = Date.now();
        hiding = setTimeout(close, patience);
      } else if (Date.now() - hidden > day) /** @type {HTMLElement & { reload(): void }} */ (host).reload();
      else open();
    },
    { signal },
  );
  signal.addEventListener('abort', () => {
    eye.disconnect();
    close();
  });
}
