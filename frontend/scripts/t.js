// Runs on a shop's own pages: keeps the click id of a visit, or a partner's old code, and hands it to carts and forms.
// One request leaves a page with it, to the shop's own cart; nothing is sent anywhere else.
const settings = document.currentScript ? document.currentScript.dataset : {};
const days = Number(settings.days) || 365;
const kept = {
  rpid: { cookie: 'rapport_click', parameter: settings.parameter || 'rpid', longest: 128 },
  rapport_ref: { cookie: 'rapport_ref', parameter: settings.old || 'ref', longest: 64 },
};

function clean(text, longest) {
  return text && text.length <= longest && /^[\w.~-]+$/.test(text) ? text : '';
}

function cookie(name) {
  const found = document.cookie.match(`(?:^|; )${name}=([^;]*)`);
  return found ? found[1] : '';
}

// The newest visit wins; a visit without an id leaves what an earlier one brought.
function remembered({ cookie: name, parameter, longest }) {
  const brought = clean(new URLSearchParams(location.search).get(parameter), longest);
  const value = brought || clean(cookie(name), longest);
  const secure = location.protocol === 'https:' ? ';secure' : '';
  const domain = settings.domain ? `;domain=${settings.domain}` : '';
  if (brought) document.cookie = `${name}=${value};path=/;max-age=${days * 86400};samesite=lax${secure}${domain}`;
  return value;
}

const values = {};
for (const [name, one] of Object.entries(kept)) {
  const value = remembered(one);
  if (value) values[name] = value;
}
window.rapport = { clickId: values.rpid || '', ref: values.rapport_ref || '' };

function fill(within) {
  for (const [name, value] of Object.entries(values)) {
    for (const field of within.querySelectorAll(`input[name="${name}"],input[name="attributes[${name}]"]`)) field.value ||= value;
  }
  if (!values.rpid) return;
  for (const link of within.querySelectorAll('a[href^="https://buy.stripe.com/"]')) {
    const address = new URL(link.href);
    if (!address.searchParams.has('client_reference_id')) {
      address.searchParams.set('client_reference_id', values.rpid);
      link.href = address.href;
    }
  }
}

// Shopify runs no scripts in its checkout: the cart's attributes are what an order takes along.
function tellCart() {
  if (!window.Shopify || !Object.keys(values).length) return;
  const mark = JSON.stringify([values, cookie('cart')]);
  if (sessionStorage.getItem('rapport') === mark) return;
  const root = (window.Shopify.routes && window.Shopify.routes.root) || '/';
  const body = JSON.stringify({ attributes: values });
  const asked = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body, keepalive: true };
  fetch(`${root}cart/update.js`, asked).then(() => sessionStorage.setItem('rapport', JSON.stringify([values, cookie('cart')]))).catch(() => {});
}

function ready() {
  fill(document);
  tellCart();
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', ready);
else ready();
// Forms that came later are filled before they are sent.
document.addEventListener('submit', (event) => fill(event.target), true);
