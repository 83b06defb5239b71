// The switch between paper and ink; without a choice the system's theme holds.
const root = document.documentElement;

const isDark = () => (root.dataset.theme
  ? root.dataset.theme === 'dark'
  : matchMedia('(prefers-color-scheme: dark)').matches);

document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-theme-switch]')) return;
  root.dataset.theme = isDark() ? 'light' : 'dark';
  try {
    localStorage.setItem('theme', root.dataset.theme);
  } catch {
    // Without storage the choice lasts until the next page.
  }
});
