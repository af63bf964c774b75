// The list of comments: what is in it and where.

import { makeItem } from './comment.js';

/** @typedef {import('./api.js').Comment} Comment */
/** @typedef {import('./api.js').Page} Page */
/** @typedef {import('./comment.js').Item} Item */

/** Everything one element on the page knows.
 * @typedef {{
 *   host: HTMLElement, boot: import('./embed.js').Boot, root: ShadowRoot, list: HTMLElement, lost: HTMLElement,
 *   signal: AbortSignal,
 *   api: import('./api.js').Api, word: import('./words.js').Word, locale: string,
 *   page: Page, sort: string, me: Pick<import('./api.js').Me, 'votes' | 'editable'>, items: Map<string, Item>,
 *   last: Map<Element, Element>, held: Map<string, Comment>, pages: number, cursor: string | null,
 *   unseen: Set<string>,
 *   say: (text: string) => void, emit: (name: string, detail: object) => void, fail: (problem: any) => string,
 *   paint: () => void
 * }} Context */

/** Further pages to look through for one comment, at most. */
const FEW = 10;

/** The list a comment stands in: under its parent, or beside it once the nesting is as deep as the site shows.
 * @param {Context} context @param {Comment} comment */
function listOf({ items, list, page }, { parent_id, depth }) {
  const parent = items.get(/** @type {string} */ (parent_id));
  if (!parent) return list;
  if (depth > page.site.display_depth) return parent.li.parentElement ?? list;
  parent.li.append(parent.replies);
  return parent.replies;
}

/** @param {Context} context @param {Comment} comment */
function newItem(context, comment) {
  const item = makeItem(context, comment);
  context.items.set(comment.id, item);
  context.unseen.delete(comment.id);
  return item;
}

/** What a page says of a comment that is shown. That it is gone is told by an event, and may not be true for its author.
 * @param {Context} context @param {Comment} comment */
function learn({ items, held }, comment) {
  const known = items.get(comment.id);
  if (known && !comment.deleted) {
    held.delete(comment.id);
    known.update(comment);
  }
  return known;
}

/** Puts comments that come in display order where they belong. What is already in its place is not touched, so a form
 * that is open in it stays as it is.
 * @param {Context} context @param {Comment[]} comments */
function arrange(context, comments) {
  const { last } = context;
  for (const comment of comments) {
    const { li } = learn(context, comment) ?? newItem(context, comment);
    const list = listOf(context, comment);
    const before = last.get(list);
    const next = before ? before.nextSibling : list.firstChild;
    if (next !== li) list.insertBefore(li, next);
    last.set(list, li);
  }
}

/** Nothing when the order was changed meanwhile: the answer belongs to a list that is gone.
 * @param {Context} context @param {string | null} cursor */
async function take(context, cursor) {
  const { last } = context;
  const page = await context.api.thread(context.sort, cursor).catch((problem) => {
    if (last === context.last) throw problem;
  });
  if (page && last === context.last) return (context.page = page);
}

/** The first page, or the one after those that are there.
 * @param {Context} context */
export async function loadPage(context) {
  const { cursor } = context;
  const answer = await take(context, cursor);
  // Asked for twice, it comes in once.
  if (!answer || cursor !== context.cursor) return [];
  arrange(context, answer.comments);
  context.cursor = answer.next_cursor;
  context.pages += 1;
  addHeld(context);
  context.paint();
  return answer.comments;
}

/** The reader's own that wait for approval, as far as what they answer is there.
 * @param {Context} context */
function addHeld(context) {
  for (const comment of context.held.values()) {
    if (!comment.parent_id || context.items.has(comment.parent_id)) addOwn(context, comment);
  }
}

/** The reader's own part.
 * @param {Context} context */
export async function loadMine(context) {
  const { api, me, items } = context;
  const mine = await api.me();
  if (!mine) return;
  Object.assign(me, mine);
  context.held = new Map(mine.held.map((comment) => [comment.id, comment]));
  addHeld(context);
  for (const item of items.values()) item.paint();
}

/** Takes away what readers see no more. One's own may only be held: an edit was, or a moderator looks at it again.
 * @param {Context} context @param {string} id */
export async function drop(context, id) {
  if (context.me.editable[id]) await loadMine(context).catch(() => {});
  if (!context.held.has(id)) context.items.get(id)?.erase();
}

/** Brings what is shown up to date, and what came in meanwhile to light where the reader asked for it.
 * @param {Context} context @param {boolean} [reveal] */
export async function refresh(context, reveal) {
  let pages = 0;
  let cursor = null;
  if (reveal) context.last = new Map();
  do {
    const answer = await take(context, cursor);
    if (!answer) return;
    if (reveal) arrange(context, answer.comments);
    else for (const comment of answer.comments) learn(context, comment);
    cursor = answer.next_cursor;
    pages += 1;
  } while (cursor && (pages < context.pages || (reveal && context.unseen.size)));
  if (reveal) Object.assign(context, { pages, cursor });
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
  const fresh = wanted.flatMap((id) => context.items.get(id) ?? []);
  for (const { article } of fresh) article.classList.add('fresh');
  fresh[0]?.show();
}

/** Finds a comment by its id, on a few further pages too, and says when it is not there.
 * @param {Context} context @param {string} hash */
export async function follow(context, hash) {
  const { items, lost } = context;
  const id = /^#afterword-(\w+)$/.exec(hash)?.[1];
  lost.hidden = true;
  if (!id) return;
  for (let tries = FEW; !items.has(id) && context.cursor && tries; tries -= 1) {
    await loadPage(context);
  }
  const item = items.get(id);
  if (item) item.show();
  else {
    lost.hidden = false;
    lost.focus();
  }
}

/** A comment of the reader's own, published or waiting: last under its parent, and a root where the order has it.
 * @param {Context} context @param {Comment} comment */
export function addOwn(context, comment) {
  const { items, page, me, held } = context;
  if (comment.status === 'held') held.set(comment.id, comment);
  const known = items.get(comment.id);
  if (known) {
    known.update(comment);
    return known;
  }
  me.editable[comment.id] ??= new Date(Date.parse(comment.created_at) + page.site.edit_window * 1000).toJSON();
  const item = newItem(context, comment);
  const parent = items.get(/** @type {string} */ (comment.parent_id));
  const list = listOf(context, comment);
  const flat = parent && list !== parent.replies;
  let before = flat ? parent.li.nextElementSibling : parent || page.sort === 'oldest' ? null : list.firstElementChild;
  /** @param {Comment | undefined} other */
  const isAbove = (other) => other && (flat ? other.depth > parent.comment.depth : other.pinned);
  while (before && isAbove(items.get(before.id.slice(10))?.comment)) before = before.nextElementSibling;
  list.insertBefore(item.li, before);
  if (comment.status !== 'held') page.thread.count += 1;
  context.paint();
  return item;
}
