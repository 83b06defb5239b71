// Short words at the lower edge. Trouble stays until it is closed, other words leave after six seconds.
const STAYS_MS = 6000;

function region() {
  return document.querySelector('[data-toasts]');
}

export function say(words, { kind = 'info', heard = false } = {}) {
  const place = region();
  if (!place || !words) return;
  if (heard) {
    place.querySelector('[data-heard]').textContent = words;
    return;
  }
  const toast = place.querySelector('template').content.firstElementChild.cloneNode(true);
  toast.dataset.kind = kind;
  toast.querySelector('[data-words]').textContent = words;
  for (const shape of toast.querySelectorAll('[data-shape]')) shape.hidden = shape.dataset.shape !== kind;
  place.append(toast);
  leaveLater(toast);
}

function leaveLater(toast) {
  if (toast.dataset.kind === 'bad' || toast.dataset.kind === 'warn') return;
  setTimeout(() => toast.remove(), STAYS_MS);
}

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-toast-close]')) event.target.closest('[data-toast]').remove();
});

document.addEventListener('DOMContentLoaded', () => {
  for (const toast of document.querySelectorAll('[data-toasts] > [data-toast]')) leaveLater(toast);
});
