// The setup link carries its code after '#', where no server's log sees it. This puts the code into the form and takes
// it out of the address bar and the history.

function takeCode() {
  const field = document.getElementById('code');
  const code = location.hash.slice(1);
  if (!(field instanceof HTMLInputElement) || code === '' || code === 'main') return;
  field.value = code;
  history.replaceState(null, '', location.pathname + location.search);
  document.getElementById('email')?.focus();
}

takeCode();
// The link may be opened in a tab that shows this page already.
addEventListener('hashchange', takeCode);
