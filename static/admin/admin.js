// What is quicker or kinder with a script, on every admin page. Nothing here is needed to do the work.

/** The reader's own date and time, where the server could only say it in UTC or as "3 hours ago". */
function localTimes() {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
  for (const time of document.querySelectorAll('time')) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.title = format.format(at);
  }
}

/** A live region speaks when it changes, not when it was there from the start. */
function speakFlash() {
  const words = document.querySelector('.flash-place .flash p');
  if (words) setTimeout(() => words.replaceWith(words.cloneNode(true)), 150);
}

function revealPasswords() {
  for (const button of document.querySelectorAll('button[data-reveal]')) {
    const field = document.getElementById(button.getAttribute('data-reveal') ?? '');
    if (!(field instanceof HTMLInputElement) || !(button instanceof HTMLButtonElement)) continue;
    button.hidden = false;
    button.addEventListener('click', () => {
      const shown = field.type === 'password';
      field.type = shown ? 'text' : 'password';
      const word = button.querySelector('span');
      if (word) word.textContent = shown ? 'Hide' : 'Show';
    });
    // Sent as a password again, so that no browser remembers it among ordinary texts.
    field.form?.addEventListener('submit', () => { field.type = 'password'; });
  }
}

function copyButtons() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll('button[data-copy]')) {
    const source = document.getElementById(button.getAttribute('data-copy') ?? '');
    if (!source || !(button instanceof HTMLButtonElement)) continue;
    button.hidden = false;
    const label = [...button.childNodes];
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(source.textContent ?? '');
        button.textContent = 'Copied';
      } catch {
        getSelection()?.selectAllChildren(source);
        button.textContent = 'Selected: copy it by hand';
      }
      setTimeout(() => { button.replaceChildren(...label); }, 2500);
    });
  }
}

/** A second press while the first is on its way would be a second request. */
function sendOnce() {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== 'post') return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
  // The page may come back as it was left, from the browser's back and forward cache.
  addEventListener('pageshow', () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
}

/** An address that names a fold (`#reply`) opens it, ready to write. */
function openNamed() {
  const fold = document.getElementById(location.hash.slice(1));
  if (!(fold instanceof HTMLDetailsElement)) return;
  fold.open = true;
  fold.querySelector('textarea')?.focus();
}

localTimes();
speakFlash();
revealPasswords();
copyButtons();
sendOnce();
openNamed();
addEventListener('hashchange', openNamed);
