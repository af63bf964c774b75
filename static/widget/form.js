// Writing: a new comment, a reply, or a change to one's own.

import { alertOf, button, make, labelled } from './dom.js';
import { recall, remember } from './store.js';
import { addOwn } from './thread.js';

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
  const draftKey = `${api.room}draft:${boot.pageOf(host)}:${parent?.comment.id ?? ''}`;
  const authorKey = `${api.room}author`;
  const remembered = JSON.parse(recall(authorKey) || '{}');
  const sendLabel = word(editing ? 'save' : parent ? 'reply' : 'post');
  const label = parent ? word('replyTo', { name: parent.comment.author?.name ?? '' }) : word(editing ? 'edit' : 'write');
  let started = Date.now();
  let attempt = { text: '', key: '' };
  let busy = false;

  const area = make('textarea.input', { name: 'body', rows: 3, required: true, dir: 'auto', 'aria-label': label, placeholder: label, input: typed });
  area.value = source ?? recall(draftKey);
  /** @param {string} name @param {string} type also what the browser may fill in */
  const field = (name, type) => {
    const input = make('input.input', { name, type, autocomplete: type, maxlength: name === 'name' ? 80 : 200, required: name === 'name' });
    input.value = remembered[name] ?? '';
    return input;
  };
  const name = field('name', 'name');
  const email = field('email', 'email');
  const url = field('url', 'url');
  // People never see or reach it; a program that fills in everything gives itself away.
  const trap = make('input', { name: 'website', tabindex: -1, autocomplete: 'off' });
  const view = make('div.body', { hidden: true, dir: 'auto' });
  const counter = make('span.count');
  const message = alertOf('');
  const send = make('button.submit', {}, sendLabel);
  const toggle = button('toggle', word('preview'), preview);
  const controls = make('div.controls', {}, send, toggle, make('span.hint', {}, word('hint')), counter);
  if (close) toggle.before(button('cancel', word('cancel'), close));

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
  form.classList.toggle('open', !!(close || area.value));

  /** @param {KeyboardEvent} event */
  function keydown(event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  }

  function typed() {
    if (!editing) remember(draftKey, area.value);
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
    const author = { name: name.value.trim(), email: email.value.trim() || undefined, url: url.value.trim() || undefined };
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
    if (text !== attempt.text) attempt = { text, key: newKey() };
    const sent = { ...data, elapsed_ms: Date.now() - started };
    context.posting = api.comments('POST', '', sent, { 'Idempotency-Key': attempt.key });
    const { comment, edit_token } = await context.posting;
    api.keepToken(edit_token);
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
    item.update(comment);
    close?.();
    context.say(word('saved'));
    context.emit('edited', { comment });
  }

  /** Says what happened; the text stays where it is.
   * @param {unknown} problem */
  function failed(problem) {
    const { field: named = '' } = /** @type {import('./api.js').Problem} */ (problem);
    message.textContent = context.fail(problem);
    send.textContent = word('retry');
    const culprit = /** @type {HTMLElement | null} */ (form.querySelector(`[name="${named.split('.').pop()}"]`));
    if (!culprit) return;
    culprit.ariaInvalid = 'true';
    culprit.focus();
  }

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.ariaBusy = 'true';
    message.textContent = '';
    send.textContent = sendLabel;
    form.querySelector('[aria-invalid]')?.removeAttribute('aria-invalid');
    if (!view.hidden) await preview();
    await (editing ? save(editing) : post()).catch(failed);
    busy = false;
    form.ariaBusy = null;
  }

  typed();
  return form;
}
