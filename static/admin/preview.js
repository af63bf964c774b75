// The preview of a site's widget follows the form while it is filled. Without this script a button brings it up to date.

const form = document.getElementById('site');
const frame = document.getElementById('preview');
const told = document.getElementById('told');
const accent = document.getElementById('accent');
const pick = document.getElementById('accent-pick');

/** The fields that change how the widget looks. */
const LOOKS = ['theme', 'accent', 'sort', 'display_depth', 'images', 'avatars'];
const OWN = '#2a5bd7';

/** @param {HTMLFormElement} form */
function looksOf(form) {
  const values = new FormData(form);
  const looks = new URLSearchParams();
  for (const name of LOOKS) {
    const value = values.get(name);
    if (typeof value === 'string' && value.trim()) looks.set(name, value.trim());
  }
  return looks;
}

/** The widget starts again with what is in its page's key; nothing else of the frame is loaded anew.
 * @param {URLSearchParams} looks */
function show(looks) {
  const inside = frame instanceof HTMLIFrameElement ? frame.contentDocument : null;
  const widget = inside?.querySelector('afterword-comments');
  if (!widget || widget.getAttribute('page') === `${looks}`) return;
  // What the site's last answer set is not the page's own wish.
  widget.removeAttribute('theme');
  widget.setAttribute('page', `${looks}`);
}

/** What is said of the accent stands beside its field, and the button has nothing left to do. */
function tidy() {
  const inside = frame instanceof HTMLIFrameElement ? frame.contentDocument : null;
  if (!inside?.querySelector('afterword-comments')) return;
  inside.getElementById('advice')?.remove();
  const acts = document.getElementById('preview-acts');
  if (acts) acts.hidden = true;
}

/** @param {URLSearchParams} looks */
async function tell(looks) {
  if (!told) return;
  const answer = await fetch(`/admin/preview/advice?${looks}`);
  if (!answer.ok) return;
  const lines = (await answer.json()).map((/** @type {{ good: boolean, text: string }} */ { good, text }) => {
    const line = document.createElement('li');
    if (!good) line.className = 'faint';
    line.textContent = text;
    return line;
  });
  told.replaceChildren(...lines);
  told.hidden = !lines.length;
}

let waiting = 0;
function follow() {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (!(form instanceof HTMLFormElement)) return;
    const looks = looksOf(form);
    show(looks);
    tell(looks).catch(() => {});
  }, 200);
}

/** A picker beside the field: the field alone counts, since only it can be empty. */
function offerPicker() {
  if (!(accent instanceof HTMLInputElement) || !(pick instanceof HTMLInputElement)) return;
  const match = () => {
    pick.value = /^#[\da-f]{6}$/i.test(accent.value.trim()) ? accent.value.trim() : OWN;
  };
  match();
  pick.hidden = false;
  accent.addEventListener('input', match);
  pick.addEventListener('input', () => {
    accent.value = pick.value;
    follow();
  });
}

offerPicker();
form?.addEventListener('input', (event) => {
  if (event.target instanceof Element && LOOKS.includes(event.target.getAttribute('name') ?? '')) follow();
});
// The frame may be ready before this script is, or after the form was changed.
frame?.addEventListener('load', () => {
  tidy();
  follow();
});
tidy();
