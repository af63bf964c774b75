// Turns a site's mark green when the first of its pages has asked for a thread. Without this script a reload does.

const OFTEN = 3000;
const SELDOM = 15_000;
/** For how long it is looked for often. */
const EAGER = 10 * 60_000;

const begun = Date.now();

/** @param {HTMLElement} mark */
async function look(mark) {
  const answer = await fetch(`/admin/sites/${mark.dataset.firstView}/first-view`);
  if (!answer.ok) throw Error(`${answer.status}`);
  const { first_view_at } = await answer.json();
  if (!first_view_at) return false;
  mark.classList.remove('wait');
  mark.classList.add('ok');
  mark.textContent = 'The tag works';
  return true;
}

/** @param {HTMLElement} mark */
function waitFor(mark) {
  const again = () => setTimeout(next, Date.now() - begun < EAGER ? OFTEN : SELDOM);
  const next = async () => {
    // A page nobody looks at asks for nothing, so that its session may run out.
    if (document.hidden) {
      document.addEventListener('visibilitychange', next, { once: true });
      return;
    }
    // A server that is away for a moment comes back; whoever was signed out has to reload anyway.
    if (!(await look(mark).catch(() => false))) again();
  };
  again();
}

for (const mark of document.querySelectorAll('[data-first-view]')) {
  if (mark instanceof HTMLElement) waitFor(mark);
}
