// Runs on a shop's own pages: takes the click id of a visit, or asks for one in place of a partner's old code, and hands
// it to forms, carts and payment links. It stores nothing on the device before consent. It speaks with the shop's own cart
// and with the Rapport that it was loaded from, and with nobody else.
const tag = document.currentScript;
const settings = tag ? tag.dataset : {};
const program = settings.program || '';
const home = program && tag.src ? new URL(tag.src).origin : '';
const parameter = settings.parameter || 'rpid';
const olds = (settings.old || 'ref,via,a_aid,aff,aff_id,fpr').split(',');
const cookieName = `rapport_click${program && `_${program}`}`;
const refName = 'rapport_ref';
const shared = window.rapport = window.rapport || { all: [] };
let click = '';
let ref = '';
let consent;
let asked = '';
let minted = '';
let pending = Promise.resolve();

function clean(text, longest) {
  return text && text.length <= longest && /^[\w.~-]+$/.test(text) ? text : '';
}

function cookie(name) {
  const found = document.cookie.match(`(?:^|; )${name}=([^;]*)`);
  return found ? found[1] : '';
}

function store(name, value, days) {
  const secure = location.protocol === 'https:' ? ';secure' : '';
  const domain = settings.domain ? `;domain=${settings.domain}` : '';
  document.cookie = `${name}=${value};path=/;max-age=${days * 86400};samesite=lax${secure}${domain}`;
}

// The newest visit wins; a visit without an id leaves what an earlier one brought.
function keep(brought) {
  click = clean(brought, 128) || click || clean(cookie(cookieName), 128);
  ref = ref || clean(cookie(refName), 64);
  if (consent) for (const [name, value] of [[cookieName, click], [refName, ref]]) if (value) store(name, value, Number(settings.days) || 365);
  shared.clickId = click || shared.clickId || '';
  shared.ref = ref;
  fill(document);
  tellCart();
}

function send(path, said) {
  const body = new URLSearchParams({ program, ...said });
  return fetch(home + path, { method: 'POST', body, credentials: 'include', keepalive: true }).then((answer) => answer.json());
}

// One question at a time, for each new address or word about consent. A partner's code travels as the click that it
// becomes; where nobody answers, or it becomes none, as the code that it is.
function look() {
  const query = new URLSearchParams(location.search);
  const brought = clean(query.get(parameter), 128);
  const old = olds.find((one) => clean(query.get(one), 64));
  const code = old ? query.get(old) : '';
  if (!home && code) ref = code;
  keep(brought);
  if (home && (brought || code || consent !== undefined)) pending = pending.then(() => ask(brought, old, code)).catch(() => alone(code));
}

function ask(brought, old, code) {
  const mark = [brought, code, consent].join();
  if (mark === asked) return 0;
  asked = mark;
  const said = { click: brought || (code && code === minted ? click : ''), referrer: document.referrer.slice(0, 300) };
  if (code && !said.click) Object.assign(said, { name: old, value: code });
  if (window !== top) said.framed = 1;
  if (consent !== undefined) said.consent = consent ? 1 : 0;
  return send('/page/click', said).then((told) => {
    if (!told.click) return alone(said.value);
    if (said.value) minted = code;
    return keep(told.click);
  });
}

function alone(code) {
  if (code && code !== minted) ref = code;
  keep('');
}

function hear(yes) {
  if (yes === consent) return;
  consent = yes;
  if (!yes) for (const name of [cookieName, refName]) if (cookie(name)) store(name, '', 0);
  look();
}

function values() {
  const found = {};
  if (click) found.rpid = click;
  if (ref) found.rapport_ref = ref;
  return found;
}

function fill(within) {
  for (const [name, value] of Object.entries(values())) {
    const names = [name, `attributes[${name}]`, ...(name === 'rpid' ? [parameter] : [])];
    for (const field of within.querySelectorAll(names.map((one) => `input[name="${one}"]`).join())) {
      if (!field.dataset.program || field.dataset.program === program) field.value = field.value || value;
    }
  }
  for (const link of within.querySelectorAll('a')) lead(link);
}

function lead(link) {
  const field = link.hasAttribute('data-rapport') ? parameter : link.host === 'buy.stripe.com' && 'client_reference_id';
  if (!click || !field) return;
  const address = new URL(link.href);
  if (address.searchParams.has(field)) return;
  address.searchParams.set(field, click);
  link.href = address.href;
}

// Shopify runs no scripts in its checkout: the cart's attributes are what an order takes along.
let told = '';
function tellCart() {
  const mark = JSON.stringify([values(), cookie('cart')]);
  if (!window.Shopify || mark.startsWith('[{}') || told === mark || (consent && sessionStorage.getItem('rapport') === mark)) return;
  told = mark;
  const root = (window.Shopify.routes && window.Shopify.routes.root) || '/';
  const asking = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ attributes: values() }), keepalive: true };
  fetch(`${root}cart/update.js`, asking).then(() => {
    if (consent) sessionStorage.setItem('rapport', JSON.stringify([values(), cookie('cart')]));
  }).catch(() => { told = ''; });
}

function sale(order) {
  return send('/page/sale', click ? { click_id: click, ...order } : order);
}

shared.all.push({ program, hear, sale });
shared.consent = (yes) => shared.all.forEach((one) => one.hear(!!yes));
shared.sale = (order) => Promise.all(shared.all.filter((one) => one.program && (!order.program || order.program === one.program)).map((one) => one.sale(order)));

// What banners and tags say for the visitor never outweighs the browser's own signal; a call of rapport.consent does.
function suppose(yes) {
  hear(yes && !navigator.globalPrivacyControl);
}
if (settings.consent === 'given' && !navigator.globalPrivacyControl) consent = true;
if (window.__tcfapi) {
  window.__tcfapi('addEventListener', 2, (said, fine) => {
    if (fine && said.eventStatus !== 'cmpuishown') suppose(said.gdprApplies === false || !!said.purpose.consents[1]);
  });
}
const layer = window.dataLayer;
if (layer) {
  const listen = (said) => said && said[0] === 'consent' && said[2] && said[2].ad_storage && suppose(said[2].ad_storage === 'granted');
  [].forEach.call(layer, listen);
  const push = layer.push;
  layer.push = function pushed(...more) {
    more.forEach(listen);
    return push.apply(layer, more);
  };
}

// Shops that change their page without loading it.
for (const name of ['pushState', 'replaceState']) {
  const plain = history[name];
  history[name] = function moved(...more) {
    plain.apply(history, more);
    look();
  };
}
addEventListener('popstate', look);
document.addEventListener('submit', (event) => fill(event.target), true);
document.addEventListener('click', (event) => {
  const link = event.target.closest && event.target.closest('a');
  if (link) lead(link);
}, true);
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', look);
look();
