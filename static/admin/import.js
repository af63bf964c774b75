// How far an import is, without loading the page anew. Without this script the page reloads itself.

const bar = document.getElementById('progress');
const stage = document.getElementById('stage');

async function look() {
  if (!(bar instanceof HTMLProgressElement) || !stage) return;
  const answer = await fetch(bar.dataset.progress ?? '').catch(() => undefined);
  const state = answer?.ok ? await answer.json() : undefined;
  if (state && !state.running) {
    location.reload();
    return;
  }
  if (state) {
    bar.value = state.percent;
    stage.textContent = `${state.stage}: ${state.percent} %`;
  }
  setTimeout(look, 500);
}

look();
