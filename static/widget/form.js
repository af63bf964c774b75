// Writing: a new comment, a reply, or a change to one's own.

import { alertOf, button, make, labelled } from './dom.js';
import { recall, remember } from './store.js';
import { addOwn, refresh } from './thread.js';

/** @typedef {import('./thread.js').Context} Context */
/** @typedef {import('./comment.js').Item} Item */

/** The same for a retry, so that a comment whose answer got lost is not made twice. crypto.randomUUID would need
 * https. */
const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-');

/** @param {Context} context
 * @param {{ parent?: Item, editing?: Item, source?: string, close?: () => void }} purpose */
export function makeForm(context, { parent, editing, source, close }) {
  const { word, api, boot, host } = context;
  const { site } = context.page;
  const draftKey = `${api.room}draft:${boot.pageOf(host)}:${[parent?.comment.id, editing?.comment.id]}`;
  const authorKey = `${api.room}author`;
  const remembered = JSON.parse(recall(authorKey) || '{}');
  const sendLabel = word(editing ? 'save' : parent ? 'reply' : 'post');
  const label = parent ? word('replyTo', { name: parent.comment.author?.name ?? '' }) : word(editing ? 'edit' : 'write');
  let started = Date.now();
  let lastText = '';
  let key = '';
  /** @type {HTMLElement | null} */
  let culprit = null;

  const area = make('textarea.input', { name: 'body', rows: 3, required: true, dir: 'auto', 'aria-label': label, placeholder: label, input: typed });
  area.value = recall(draftKey) || source || '';
  /** @param {string} name also its type, where there is one of that name, and what the browser may fill in */
  const field = (name) => {
    const input = make('input.input', { name, type: name, autocomplete: name, maxlength: name === 'name' ? 80 : 200, required: name === 'name' });
    input.value = remembered[name] ?? '';
    return input;
  };
  const name = field('name');
  const email = field('email');
  const url = field('url');
  // People never see or reach it; a program that fills in everything gives itself away.
  const trap = make('input', { name: 'website', autocomplete: 'off' });
  const view = make('div.body', { hidden: true, dir: 'auto' });
  const counter = make('span.count');
  const message = alertOf('');
  const send = make('button.submit', {}, sendLabel);
  const toggle = button('toggle', word('preview'), preview);
  const controls = make('div.controls', {}, send, toggle, make('span.hint', {}, word('hint')), counter);
  if (close) toggle.before(button('cancel', word('cancel'), cancel));

  const form = make(
    'form.form',
    { submit, keydown, focusin: () => form.classList.add('open') },
    area,
    view,
    ...(editing ? [] : [
      make('div.person', {}, labelled(word('name'), name), labelled(word('email'), email), labelled(word('site'), url)),
      make('div.trap', { inert: true }, trap),
    ]),
    message,
    controls,
  );
  if (close || area.value) form.classList.add('open');

  /** Another thought may be gone on with; a change that is not wanted is no draft. */
  function cancel() {
    if (editing) remember(draftKey, '');
    close?.();
  }

  /** @param {KeyboardEvent} event */
  function keydown(event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  }

  function typed() {
    remember(draftKey, area.value === source ? '' : area.value);
    const { length } = [...area.value];
    const over = length > site.max_length;
    const count = `${length} / ${site.max_length}`;
    counter.textContent = length > site.max_length * 0.9 ? count : '';
    area.setCustomValidity(over ? count : '');
    area.ariaInvalid = over ? 'true' : null;
  }

  async function preview() {
    const on = view.hidden;
    if (on && !area.reportValidity()) return;
    try {
      if (on) view.innerHTML = (await api.preview(area.value, site.key)).html;
      view.hidden = !on;
      area.hidden = on;
      toggle.ariaPressed = `${on}`;
    } catch (problem) {
      message.textContent = context.fail(problem);
    }
  }

  function content() {
    const author = { name: name.value, email: email.value, url: url.value };
    remember(authorKey, JSON.stringify(author));
    return {
      site: site.key,
      page: boot.pageOf(host),
      url: boot.setting(host, 'page-url') || location.href.split('#')[0],
      title: boot.setting(host, 'page-title') || document.title,
      parent_id: parent?.comment.id,
      body: area.value,
      author,
      website: trap.value,
    };
  }

  async function post() {
    const data = content();
    const text = JSON.stringify(data);
    if (text !== lastText) key = newKey();
    lastText = text;
    const sent = { ...data, elapsed_ms: Date.now() - started };
    const { comment } = await api.comments('POST', '', sent, { 'Idempotency-Key': key });
    remember(draftKey, '');
    area.value = '';
    started = Date.now();
    close?.();
    form.classList.remove('open');
    addOwn(context, comment).show();
    context.say(word(comment.status === 'held' ? 'held' : 'posted'));
    context.emit('posted', { comment });
  }

  /** @param {Item} item */
  async function save(item) {
    const { comment } = await api.comments('PATCH', `/${item.comment.id}`, { body: area.value });
    remember(draftKey, '');
    addOwn(context, comment);
    close?.();
    context.say(word(comment.status === 'held' ? 'held' : 'saved'));
    context.emit('edited', { comment });
  }

  /** Says what happened; the text stays where it is.
   * @param {unknown} problem */
  function failed(problem) {
    const { field: named = '', status } = /** @type {import('./api.js').Problem} */ (problem);
    message.textContent = context.fail(problem);
    // The thread may have been closed meanwhile.
    if (status === 403) refresh(context).catch(() => {});
    send.textContent = word('retry');
    culprit = /** @type {HTMLElement | null} */ (form.elements.namedItem(`${named.split('.').pop()}`));
    if (!culprit) return;
    culprit.ariaInvalid = 'true';
    culprit.focus();
  }

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    if (form.ariaBusy) return;
    form.ariaBusy = 'true';
    message.textContent = '';
    send.textContent = sendLabel;
    if (culprit) culprit.ariaInvalid = null;
    if (!view.hidden) await preview();
    await (editing ? save(editing) : post()).catch(failed);
    form.ariaBusy = null;
  }

  typed();
  return form;
}
