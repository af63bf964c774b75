// A link of ours carries its code after '#', where no server's log sees it. This puts the code into the form and takes
// it out of the address bar and the history. A form that asks for nothing else is sent at once.

function takeCode() {
  const field = document.getElementById('code');
  const code = location.hash.slice(1);
  if (!(field instanceof HTMLInputElement) || code === '' || code === 'main') return;
  field.value = code;
  history.replaceState(null, '', location.pathname + location.search);
  if (field.form?.matches('[data-code]')) field.form.requestSubmit();
  else document.getElementById('email')?.focus();
}

takeCode();
// The link may be opened in a tab that shows this page already.
addEventListener('hashchange', takeCode);
