// Keys on lists: j and k walk, x selects, Enter opens, a, r, e, n, z press what the current row offers, ? shows the keys.
// Single letters can be switched off (WCAG 2.1.4); the switch stands in the list of keys.
const OFF = 'keys';

function lettersAreOff() {
  try {
    return localStorage.getItem(OFF) === 'off';
  } catch {
    return false;
  }
}

function rowsOf() {
  return [...document.querySelectorAll('[data-rows] [data-row], [data-rows] tbody > tr:not(.group)')];
}

function currentRow() {
  return document.querySelector('[data-rows] [data-current]');
}

function walk(step) {
  const rows = rowsOf();
  if (!rows.length) return;
  const now = rows.indexOf(currentRow());
  const next = rows[now < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, now + step))];
  for (const row of rows) row.removeAttribute('data-current');
  next.setAttribute('data-current', '');
  next.scrollIntoView({ block: 'nearest' });
  const place = next.querySelector('a, button');
  place?.focus({ preventScroll: true });
}

function select() {
  const box = currentRow()?.querySelector('input[type="checkbox"]');
  box?.click();
}

// What the current row offers; else what stands beside the list, for the rows that were selected.
function press(key) {
  const row = currentRow();
  (row && offered(row, key) || offered(document, key, { inRows: !row }))?.click();
}

function offered(scope, key, { inRows = true } = {}) {
  const wanted = [...scope.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
  return wanted.find((button) => button.offsetParent !== null && (inRows || !button.closest('[data-row]')));
}

function isTyping(target) {
  return target.isContentEditable || target.matches?.('input:not([type="checkbox"], [type="radio"]), textarea, select');
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  if (document.querySelector('dialog[open]') || lettersAreOff()) return;
  const key = event.key.toLowerCase();
  if (key === 'j' || key === 'k') walk(key === 'j' ? 1 : -1);
  else if (key === 'x') select();
  else if (key === '?') document.getElementById('all-keys')?.showModal();
  else if (/^[a-z]$/.test(key)) press(key);
});

document.addEventListener('change', (event) => {
  if (!event.target.matches('[data-keys-switch]')) return;
  try {
    localStorage.setItem(OFF, event.target.checked ? 'on' : 'off');
  } catch {
    // Without storage the keys stay as they are.
  }
});

document.addEventListener('DOMContentLoaded', () => {
  const box = document.querySelector('[data-keys-switch]');
  if (box) box.checked = !lettersAreOff();
});
