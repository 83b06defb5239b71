// Sets the chosen theme before the first paint, so nothing flashes. Small and blocking on purpose.
const root = document.documentElement;
root.dataset.script = '';
try {
  const chosen = localStorage.getItem('theme');
  if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; then the system's theme holds.
}
