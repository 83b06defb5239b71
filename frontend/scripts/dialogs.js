// Dialogs opened by a button, and questions asked before a form is sent.
document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-open]');
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  if (event.target.closest('[data-close]')) event.target.closest('dialog')?.close();
  if (event.target.matches('dialog')) closeWhenOutside(event);
});

// A click on the backdrop arrives at the dialog itself, outside of its box.
function closeWhenOutside(event) {
  const box = event.target.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right
    && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) event.target.close();
}

document.addEventListener('submit', (event) => {
  const asker = event.submitter?.closest('[data-confirm]') ?? event.target.closest('[data-confirm]');
  if (!asker || event.defaultPrevented) return;
  if (!window.confirm(asker.dataset.confirm)) event.preventDefault();
}, true);
