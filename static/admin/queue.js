// The queue by keyboard, and selecting many. Without this script each button is still there and does the same.

const PLACE = 'afterword.queue.place';
const KEYS_ON = 'afterword.queue.keys';

/** @type {HTMLElement[]} */
const items = [...document.querySelectorAll('[data-item]')].filter((item) => item instanceof HTMLElement);
const boxes = items.map((item) => item.querySelector('input')).filter((box) => box !== null);
const sheet = document.getElementById('keys');

/** Where the keyboard is: the focused comment or the one around the focus; -1 outside the list. */
function place() {
  return items.findIndex((item) => item.contains(document.activeElement));
}

/** @param {number} at */
function goTo(at) {
  const item = items[Math.max(0, Math.min(at, items.length - 1))];
  item?.focus({ preventScroll: true });
  item?.scrollIntoView({ block: 'nearest' });
}

/** @param {string} selector */
function press(selector) {
  const at = place();
  const target = items[at]?.querySelector(selector);
  if (target instanceof HTMLElement) target.click();
}

function openSheet() {
  if (sheet instanceof HTMLDialogElement) sheet.showModal();
}

/** @type {Record<string, () => void>} */
const shortcuts = {
  j: () => goTo(place() + 1),
  k: () => goTo(place() - 1),
  a: () => press('[data-verb="approve"]'),
  s: () => press('[data-verb="spam"]'),
  d: () => press('[data-verb="delete"]'),
  x: () => press('.pick input'),
  o: () => press('[data-open]'),
  r: () => press('[data-reply], [data-open]'),
  u: () => document.getElementById('undo')?.click(),
  '/': () => document.getElementById('q')?.focus(),
  '?': openSheet,
};

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.key !== 'j' && event.key !== 'k') return;
  const target = event.target;
  if (target instanceof HTMLElement && target.closest('dialog, select, textarea, input:not([type="checkbox"])')) return;
  const act = shortcuts[event.key];
  if (!act || localStorage.getItem(KEYS_ON) === 'off') return;
  event.preventDefault();
  act();
}

/** Acting on a comment brings the page anew: the keyboard goes on where it was. */
function keepPlace() {
  document.getElementById('queue')?.addEventListener('submit', () => {
    if (place() >= 0) sessionStorage.setItem(PLACE, String(place()));
  });
  const kept = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (kept !== null) goTo(Number(kept));
}

function selectMany() {
  const label = document.getElementById('select-all');
  const all = label?.querySelector('input');
  const count = document.getElementById('selected');
  if (!label || !all || !count) return;
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    count.textContent = `${chosen} selected:`;
  };
  label.hidden = false;
  all.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener('change', show);
  show();
}

function offerSheet() {
  const opener = document.getElementById('keys-open');
  const on = document.getElementById('keys-on');
  if (!opener || !(on instanceof HTMLInputElement)) return;
  opener.hidden = false;
  opener.addEventListener('click', openSheet);
  on.checked = localStorage.getItem(KEYS_ON) !== 'off';
  on.addEventListener('change', () => localStorage.setItem(KEYS_ON, on.checked ? 'on' : 'off'));
}

/** Says quietly that new comments came in; nothing moves until the reader asks. */
function listen() {
  const place = document.getElementById('news');
  const address = place?.dataset.news;
  if (!place || !address) return;
  const first = new URLSearchParams(location.search).get('cursor');
  if (first) return;
  let known = 0;
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(`${address}&after=${place.dataset.after}&made=${place.dataset.made}`).catch(() => undefined);
    if (!answer?.ok) return;
    const { fresh } = await answer.json();
    if (!fresh || fresh === known) return;
    known = fresh;
    const link = document.createElement('a');
    link.className = 'button main';
    link.href = address.replace('/news?', '?');
    link.textContent = fresh === 1 ? 'Show 1 new comment' : `Show ${fresh} new comments`;
    place.replaceChildren(link);
  };
  setInterval(look, 5000);
  document.addEventListener('visibilitychange', look);
}

document.addEventListener('keydown', onKey);
selectMany();
offerSheet();
keepPlace();
listen();
