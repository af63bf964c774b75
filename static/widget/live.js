// What happens on the page while somebody reads it.

import { writing } from './api.js';
import { drop, refresh } from './thread.js';

/** @typedef {import('./thread.js').Context} Context */

// A page hidden for longer than this lets its stream go; browsers allow few at a time.
const patience = 60_000;

/** @param {Context} context */
export function watch(context) {
  const { boot, host, items, unseen, signal } = context;
  /** @type {EventSource | undefined} */
  let source;
  let near = false;
  let opened = 0;
  let checking = 0;
  let hiding = 0;

  /** One look soon; not everybody's at the same moment. */
  function check() {
    clearTimeout(checking);
    checking = setTimeout(() => refresh(context).catch(() => {}), 300 + Math.random() * 2000);
  }

  /** @param {MessageEvent<string>} event */
  async function changed({ type, data }) {
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
  function locked({ data }) {
    context.page.thread.locked = JSON.parse(data).locked;
    context.paint();
  }

  function open() {
    if (source || !near || document.hidden || signal.aborted) return;
    const stream = (source = new EventSource(boot.base + boot.ask(host, 'stream')));
    for (const type of ['published', 'changed', 'removed']) stream.addEventListener(type, changed);
    stream.addEventListener('thread', locked);
    stream.addEventListener('hello', ({ data }) => {
      // Something may have come before the stream did, or in a gap of it.
      if (opened || JSON.parse(data).count !== context.page.thread.count) check();
      opened = 1;
    });
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
      if (document.hidden) hiding = setTimeout(close, patience);
      else open();
    },
    { signal },
  );
  signal.addEventListener('abort', () => {
    eye.disconnect();
    close();
  });
}
