// The list of comments: what is in it and where.

import { makeItem } from './comment.js';

/** @typedef {import('./api.js').Comment} Comment */
/** @typedef {import('./api.js').Page} Page */
/** @typedef {import('./comment.js').Item} Item */
/** @typedef {Omit<Page, 'comments' | 'next_cursor'>} Facts */

/** Everything one element on the page knows.
 * @typedef {{
 *   host: HTMLElement, boot: import('./embed.js').Boot, root: ShadowRoot, list: HTMLElement, signal: AbortSignal,
 *   api: import('./api.js').Api, word: import('./words.js').Word, locale: string,
 *   page: Facts, sort: string, me: Pick<import('./api.js').Me, 'votes' | 'editable'>, items: Map<string, Item>,
 *   last: Map<Element, Element>, held: Comment[], pages: number, cursor: string | null,
 *   unseen: Set<string>, posting: Promise<any> | undefined,
 *   say: (text: string) => void, emit: (name: string, detail: object) => void, fail: (problem: unknown) => string,
 *   paint: () => void
 * }} Context */

/** The list a comment stands in: under its parent, or beside it once the nesting is as deep as the site shows.
 * @param {Context} context @param {Comment} comment */
function listOf({ items, list, page }, { parent_id, depth }) {
  const parent = items.get(parent_id ?? '');
  if (!parent) return list;
  if (depth > page.site.display_depth) return parent.li.parentElement ?? list;
  parent.li.append(parent.replies);
  return parent.replies;
}

/** @param {Context} context @param {Comment} comment */
function newItem(context, comment) {
  const item = makeItem(context, comment);
  context.items.set(comment.id, item);
  return item;
}

/** Puts comments that come in display order where they belong. What is already in its place is not touched, so a form
 * that is open in it stays as it is.
 * @param {Context} context @param {Comment[]} comments */
function arrange(context, comments) {
  const { items, last } = context;
  for (const comment of comments) {
    const known = items.get(comment.id);
    known?.update(comment);
    const { li } = known ?? newItem(context, comment);
    const list = listOf(context, comment);
    const before = last.get(list);
    const next = before ? before.nextSibling : list.firstChild;
    if (next !== li) list.insertBefore(li, next);
    last.set(list, li);
  }
}

/** @param {Context} context @param {string | null} cursor */
async function take(context, cursor) {
  const { comments, next_cursor, ...facts } = await context.api.thread(context.sort, cursor);
  context.page = facts;
  return { comments, next_cursor };
}

/** The first page, or the one after those that are there.
 * @param {Context} context */
export async function loadPage(context) {
  const { comments, next_cursor } = await take(context, context.cursor);
  arrange(context, comments);
  context.cursor = next_cursor;
  context.pages += 1;
  addHeld(context);
  context.paint();
  return comments[0];
}

/** The reader's own that wait for approval, as far as what they answer is there.
 * @param {Context} context */
export function addHeld(context) {
  const { items, held } = context;
  for (const comment of held) {
    const { id, parent_id } = comment;
    const shown = items.get(id);
    // An edit that is held leaves a placeholder for everybody else.
    if (shown?.comment.deleted) shown.update(comment);
    else if (!shown && (!parent_id || items.has(parent_id))) addOwn(context, comment);
  }
}

/** Brings what is shown up to date. New comments only come in when the reader asked for them; otherwise they are
 * counted.
 * @param {Context} context @param {boolean} reveal */
export async function refresh(context, reveal) {
  const { items, unseen } = context;
  let newest = '';
  for (const id of items.keys()) if (id > newest) newest = id;
  let pages = 0;
  let cursor = null;
  if (reveal) context.last = new Map();
  do {
    const { comments, next_cursor } = await take(context, cursor);
    if (reveal) arrange(context, comments);
    for (const comment of comments) {
      if (comment.id > newest && !items.has(comment.id)) unseen.add(comment.id);
      items.get(comment.id)?.update(comment);
    }
    cursor = next_cursor;
    pages += 1;
  } while (cursor && (pages < context.pages || (reveal && [...unseen].some((id) => !items.has(id)))));
  if (reveal) {
    context.pages = pages;
    context.cursor = cursor;
  }
  addHeld(context);
  context.paint();
}

/** Shows what came in meanwhile and goes to the first of it.
 * @param {Context} context */
export async function reveal(context) {
  const wanted = [...context.unseen];
  await refresh(context, true);
  context.unseen.clear();
  context.paint();
  const fresh = wanted.flatMap((id) => context.items.get(id)?.article ?? []);
  for (const article of fresh) article.classList.add('fresh');
  for (const item of context.items.values()) if (item.article === fresh[0]) item.show();
}

/** Finds a comment by its id, further pages included.
 * @param {Context} context @param {string} hash */
export async function follow(context, hash) {
  const id = /^#afterword-(\w+)$/.exec(hash)?.[1];
  if (!id) return;
  while (!context.items.has(id) && context.cursor) await loadPage(context);
  context.items.get(id)?.show();
}

/** A comment of the reader's own, published or waiting: last under its parent, and a root where the order has it.
 * @param {Context} context @param {Comment} comment */
export function addOwn(context, comment) {
  const { items, page, me } = context;
  const known = items.get(comment.id);
  if (known) {
    known.update(comment);
    return known;
  }
  me.editable[comment.id] ??= new Date(Date.parse(comment.created_at) + page.site.edit_window * 1000).toJSON();
  const item = newItem(context, comment);
  const parent = items.get(comment.parent_id ?? '');
  const list = listOf(context, comment);
  /** @param {Element | null} li */
  const commentOf = (li) => li && items.get(li.id.slice(10))?.comment;
  let before = null;
  if (parent && list !== parent.replies) {
    before = parent.li.nextElementSibling;
    while (before && (commentOf(before)?.depth ?? 0) > parent.comment.depth) before = before.nextElementSibling;
  } else if (!parent && page.sort !== 'oldest') {
    before = list.firstElementChild;
    while (commentOf(before)?.pinned) before = before?.nextElementSibling ?? null;
  }
  list.insertBefore(item.li, before);
  context.unseen.delete(comment.id);
  if (comment.status !== 'held') page.thread.count += 1;
  context.paint();
  return item;
}
