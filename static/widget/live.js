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
  // The last event that was heard of, when the thread was read or since then.
  let heard = context.page.last_event ?? '';
  const restart = () => /** @type {HTMLElement & { reload(): void }} */ (host).reload();

  /** One look soon; not everybody's at the same moment. */
  function check() {
    clearTimeout(checking);
    checking = setTimeout(() => refresh(context).catch(() => {}), 300 + Math.random() * 2000);
  }

  /** @param {MessageEvent<string>} event */
  async function hear({ type, data, lastEventId }) {
    // A greeting repeats what was heard last, unless all has to be read anew: the thread was merged with another one, or
    // more was missed than can be told.
    if (type === 'hello' && lastEventId !== heard) restart();
    heard = lastEventId;
    // The event of one's own comment may be quicker than the answer to the post.
    await writing;
    // How many there are, or whether it is locked.
    const { id, ...facts } = JSON.parse(data);
    Object.assign(context.page.thread, facts);
    if (type === 'removed') {
      unseen.delete(id);
      await drop(context, id);
    } else if (items.has(id)) check();
    else if (type === 'published') unseen.add(id);
    context.paint();
  }

  function open() {
    if (source || !near || document.hidden || signal.aborted) return;
    const stream = (source = new EventSource(boot.base + boot.ask(host, 'stream', { since: heard })));
    for (const type of ['hello', 'thread', 'published', 'changed', 'removed']) stream.addEventListener(type, hear);
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
      } else if (Date.now() - hidden > day) restart();
      else open();
    },
    { signal },
  );
  signal.addEventListener('abort', () => {
    eye.disconnect();
    close();
  });
}
