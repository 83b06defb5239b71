// Copy and share buttons. The button itself says that it is done, so nobody looks elsewhere.
import { say } from './toasts.js';

async function copy(button) {
  const word = button.querySelector('[data-word]');
  const before = word?.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    say(button.dataset.refused, { kind: 'bad' });
    return;
  }
  say(button.dataset.done, { heard: true });
  if (!word || word.classList.contains('heard')) return;
  word.textContent = button.dataset.done;
  setTimeout(() => { word.textContent = before; }, 2000);
}

document.addEventListener('click', (event) => {
  const copying = event.target.closest('[data-copy]');
  if (copying) copy(copying);
  const sharing = event.target.closest('[data-share]');
  // A person who closes the sharing sheet has changed their mind; that is no error.
  if (sharing) navigator.share({ url: sharing.dataset.url, title: sharing.dataset.title }).catch(() => {});
});

export function hideWhatCannotShare(part) {
  if (navigator.share) return;
  for (const button of part.querySelectorAll('[data-share]')) button.hidden = true;
}

document.addEventListener('DOMContentLoaded', () => hideWhatCannotShare(document));
document.addEventListener('htmx:after:swap', () => hideWhatCannotShare(document));
