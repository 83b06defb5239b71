// Lets the official packages sign and judge messages: reads questions as JSON lines, answers each with a line.
//   node proofs.mjs FOLDER_WITH_NODE_MODULES
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(`${process.argv[2]}/`);
const Stripe = require('stripe');
require('@shopify/shopify-api/adapters/node');
const { shopifyApi, LATEST_API_VERSION } = require('@shopify/shopify-api');

const stripe = new Stripe('sk_test_proof');
const quiet = { level: 0, log: () => {} };

function shopify(secret) {
  return shopifyApi({ apiKey: 'proof', apiSecretKey: secret, hostName: 'proof.example', scopes: [], isEmbeddedApp: false, apiVersion: LATEST_API_VERSION, logger: quiet });
}

async function answer(question) {
  const { what, body, secret, headers, timestamp } = question;
  if (what === 'stripe-sign') return stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp });
  if (what === 'stripe-judge') {
    try {
      return stripe.webhooks.constructEvent(body, headers['stripe-signature'], secret, 10 ** 9).id;
    } catch (error) {
      return `refused: ${error.type}`;
    }
  }
  if (what === 'shopify-judge') {
    const rawRequest = { method: 'POST', url: '/', headers: { ...headers, 'x-shopify-shop-domain': 'proof.myshopify.com', 'x-shopify-api-version': LATEST_API_VERSION } };
    return (await shopify(secret).webhooks.validate({ rawBody: body, rawRequest })).valid;
  }
  throw new Error(`unknown question: ${what}`);
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
