// Menus are <details>: they open without script. Here they learn arrows, Esc and closing by a click elsewhere.
const MENUS = 'details[data-menu]';

document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll(`${MENUS}[open]`)) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener('keydown', (event) => {
  const menu = event.target.closest?.(MENUS);
  if (!menu) return;
  if (event.key === 'Escape' && menu.open) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') walk(menu, event);
});

function walk(menu, event) {
  event.preventDefault();
  menu.open = true;
  const items = [...menu.querySelectorAll('[data-menu-item]')];
  if (!items.length) return;
  const now = items.indexOf(document.activeElement);
  const step = event.key === 'ArrowDown' ? 1 : -1;
  items[(now + step + items.length) % items.length].focus();
}
