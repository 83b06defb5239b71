// After a refused form the summary of errors takes the focus, so that it is read first.
export function focusSummary(part) {
  part.querySelector?.('[data-error-summary]')?.focus();
}

document.addEventListener('DOMContentLoaded', () => focusSummary(document));
