// One comment: how it looks and what can be done with it.

import { alertOf, button, make, labelled } from './dom.js';
import { makeForm } from './form.js';
import { relativeTime } from './time.js';

/** @typedef {import('./thread.js').Context} Context */
/** @typedef {import('./api.js').Comment} Comment */
/** @typedef {ReturnType<typeof makeItem>} Item */

/** The picture, or the initial in its place, and the name, linked where its owner gave a link.
 * @param {import('./api.js').Author} author */
const introduce = ({ name, url, avatar }) => [
  avatar
    ? make('img.avatar', { src: avatar, alt: '', loading: 'lazy', referrerpolicy: 'no-referrer' })
    : make('span.avatar', { 'aria-hidden': true }, [...name][0] ?? ''),
  make('a.author', { href: /^https?:/.test(/** @type {string} */ (url)) && /** @type {string} */ (url), rel: 'nofollow ugc', dir: 'auto' }, name),
];

/** @param {Context} context @param {Comment} comment */
export function makeItem(context, comment) {
  const { word, locale, me, api } = context;
  const { id } = comment;
  const meta = make('header.meta');
  const body = make('div.body', { dir: 'auto' });
  const time = make('time');
  const score = make('span.score');
  /** @param {KeyboardEvent} event */
  const keydown = (event) => event.key === 'Escape' && close();
  const panel = make('div.panel', { keydown });
  // There before it says anything, as screen readers want it.
  const message = alertOf('');
  const replies = make('ol.replies', { role: 'list' });

  /** @param {number} value @param {string} part */
  const voter = (value, part) =>
    make(`button.${part}`, { type: 'button', 'aria-label': word(part), click: () => vote(value) });
  const up = voter(1, 'up');
  const down = voter(-1, 'down');
  const votes = make('span.votes', {}, up, score, down);
  const reply = button('reply', word('reply'), () => open(reply, makeForm(context, { parent: item, close })));
  const edit = button('edit', word('edit'), startEdit);
  const remove = button('delete', word('delete'), () =>
    open(remove, ask(make('p', {}, word('confirm')), word('delete'), removeIt)),
  );
  const report = button('report', word('report'), () => {
    const reason = make('input.input', { required: true, maxlength: 500 });
    open(report, ask(labelled(word('why'), reason), word('report'), () => reportIt(reason.value)));
  });
  const actions = make('footer.actions', {}, votes, reply, edit, remove, report);
  const article = make('article.comment', { tabindex: -1 }, meta, body, actions, panel, message);
  const li = make('li.item', { id: `afterword-${id}` }, article);

  /** The button that opened the panel.
   * @type {HTMLElement | undefined} */
  let opener;

  function close() {
    panel.replaceChildren();
    message.textContent = '';
    body.hidden = false;
    if (!opener) return;
    opener.ariaExpanded = 'false';
    opener.focus();
    opener = undefined;
  }

  /** Opens something below the comment; the same button closes it again.
   * @param {HTMLElement} by @param {HTMLElement} content */
  function open(by, content) {
    const again = opener === by;
    close();
    if (again) return;
    opener = by;
    by.ariaExpanded = 'true';
    panel.append(content);
    /** @type {HTMLElement | null} */ (content.querySelector('textarea,input,button'))?.focus();
  }

  /** A small question with a way out.
   * @param {HTMLElement} content @param {string} label @param {() => Promise<void>} action */
  function ask(content, label, action) {
    /** @param {Event} event */
    const submit = (event) => {
      event.preventDefault();
      attempt(action);
    };
    const controls = make('div.controls', {}, make('button.submit', {}, label), button('cancel', word('cancel'), close));
    return make('form.question', { submit }, content, controls);
  }

  /** @param {() => Promise<void>} action */
  async function attempt(action) {
    message.textContent = '';
    await action().catch((problem) => {
      message.textContent = context.fail(problem);
    });
  }

  /** Pressing the same arrow again takes the vote back.
   * @param {number} value */
  async function vote(value) {
    const before = { score: item.comment.score, value: me.votes[id] ?? 0 };
    const next = before.value === value ? 0 : value;
    /** @param {{ score: number, value: number }} now */
    const show = (now) => {
      me.votes[id] = now.value;
      item.comment.score = now.score;
      paint();
    };
    show({ value: next, score: before.score + next - before.value });
    let now = before;
    await attempt(async () => {
      now = await api.comments('PUT', `/${id}/vote`, { value: next });
      context.emit('voted', { id, value: now.value, score: now.score });
    });
    show(now);
  }

  function startEdit() {
    attempt(async () => {
      const source = opener === edit ? '' : (await api.comments('GET', `/${id}/source`)).body;
      open(edit, makeForm(context, { editing: item, source, close }));
      body.hidden = opener === edit;
    });
  }

  async function removeIt() {
    await api.comments('DELETE', `/${id}`);
    close();
    item.erase();
    // What has the focus is read out: now that it was deleted.
    article.focus();
    context.emit('deleted', { id });
  }

  /** @param {string} reason */
  async function reportIt(reason) {
    await api.comments('POST', `/${id}/report`, { reason });
    close();
    context.say(word('reported'));
    panel.append(make('p.note', {}, word('reported')));
  }

  function paintMeta() {
    const { author, created_at, edited_at, pinned, deleted, reply_to, status } = item.comment;
    article.ariaLabel = word('deleted');
    meta.replaceChildren();
    if (deleted || !author) return;
    article.ariaLabel = word('by', { name: author.name });
    const exact = new Date(created_at).toLocaleString(locale, { dateStyle: 'long', timeStyle: 'short' });
    time.dateTime = created_at;
    time.title = exact;
    const link = make('a.time', { href: `#afterword-${id}`, 'data-exact': exact }, time);
    meta.append(...introduce(author));
    /** @param {string} part */
    const mark = (part) => meta.append(make(`span.${part}`, {}, word(part)));
    if (author.badge) mark('owner');
    meta.append(link);
    if (edited_at) mark('edited');
    if (pinned) mark('pinned');
    if (status === 'held') mark('held');
    if (reply_to?.name) {
      meta.append(make('a.reply-to', { href: `#afterword-${reply_to.id}` }, word('replyingTo', { name: reply_to.name })));
    }
  }

  let shown = '';

  function paint() {
    const { html, deleted, status } = item.comment;
    if (shown !== html + deleted) {
      shown = html + deleted;
      // The one place where markup goes in: the server's sanitised html.
      if (deleted) body.replaceChildren(make('p.deleted', {}, word('deleted')));
      else body.innerHTML = html;
      // A long line scrolls, and not only for a mouse.
      for (const code of body.querySelectorAll('pre')) code.tabIndex = 0;
    }
    paintMeta();
    up.ariaPressed = `${me.votes[id] > 0}`;
    down.ariaPressed = `${me.votes[id] < 0}`;
    score.textContent = item.comment.score.toLocaleString(locale);
    actions.hidden = deleted;
    votes.hidden = reply.hidden = status === 'held';
    item.tick();
  }

  const item = {
    comment,
    li,
    article,
    replies,
    paint,
    /** What changes as time passes. */
    tick() {
      time.textContent = relativeTime(item.comment.created_at, locale);
      const until = Date.parse(me.editable[id]);
      edit.hidden = remove.hidden = !(until > Date.now());
      report.hidden = item.comment.status === 'held' || !edit.hidden;
    },
    /** @param {Comment} next */
    update(next) {
      // What is the same stays untouched, for the sake of the focus in it.
      if (JSON.stringify(next) === JSON.stringify(item.comment)) return;
      item.comment = next;
      paint();
    },
    /** Leaves a note in its place, so that nothing below moves up under a reader's eye. */
    erase() {
      context.held.delete(id);
      item.update({ ...item.comment, deleted: true, html: '' });
    },
    /** Brings it to the reader's eye. */
    show() {
      context.root.querySelector('.marked')?.classList.remove('marked');
      article.classList.add('marked');
      article.focus({ preventScroll: true });
      article.scrollIntoView();
    },
  };
  paint();
  return item;
}
