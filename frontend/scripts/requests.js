// How htmx behaves here: the CSRF token goes with every write, refusals are shown, nothing fails in silence.
import { focusSummary } from './summary.js';
import { say } from './toasts.js';

const NOT_SWAPPED = new Set([400, 403, 404, 409, 413, 429]);

function words(name) {
  return document.querySelector('[data-toasts]')?.dataset[name];
}

// A refusal answers with a fragment: its own words are better than ours.
function sentenceOf(text) {
  const page = new DOMParser().parseFromString(text, 'text/html');
  return page.querySelector('[data-sentence], main h1')?.textContent.trim();
}

function refuse(context) {
  const { status } = context.response.raw;
  const failed = status >= 500 ? words('failed') : words('refused');
  say(sentenceOf(context.text ?? '') || failed, { kind: status >= 500 ? 'bad' : 'warn' });
}

export function watchRequests() {
  document.addEventListener('htmx:config:request', (event) => {
    const token = document.querySelector('meta[name="csrf-token"]')?.content;
    if (token) event.detail.ctx.request.headers['X-CSRFToken'] = token;
  });
  document.addEventListener('htmx:before:swap', (event) => {
    const context = event.detail.ctx;
    const status = context?.response?.raw?.status;
    if (!status || (status < 500 && !NOT_SWAPPED.has(status))) return;
    event.preventDefault();
    refuse(context);
  });
  document.addEventListener('htmx:error', () => say(words('offline'), { kind: 'bad' }));
  document.addEventListener('htmx:after:swap', (event) => focusSummary(event.target));
}
