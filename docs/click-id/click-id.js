/* Reads Rapport's click ids in Node: `read(text, key)`. See ../click-id.md.
 *
 * `key` is a Uint8Array of 16 to 64 bytes, or nothing: then the signature is not looked at and `verified` is false.
 * Returns {ok: true, …} or {ok: false, reason: "malformed" | "forged"}.
 */
"use strict";

const MARKS = { view: 1, bot: 2, framed: 4, no_consent: 8, test: 16 };
const MASK = 0xffffffffffffffffn;
const IV = [
  0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n,
];
const SIGMA = [
  "0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8", "905724afe1bc683d",
  "2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a", "6fe9b308c2d714a5", "a2847615fb9e3cd0",
].map((row) => [...row].map((digit) => parseInt(digit, 16)));
const MIXED = [
  [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
  [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
];

function rotate(word, bits) {
  return ((word >> bits) | (word << (64n - bits))) & MASK;
}

/* BLAKE2b of RFC 7693 over at most 128 bytes, keyed: Node's own takes neither a key nor a length. */
function blake2b(message, key, length) {
  const state = IV.slice();
  state[0] ^= 0x01010000n ^ (BigInt(key.length) << 8n) ^ BigInt(length);
  const blocks = [padded(key), padded(message)];
  compress(state, blocks[0], 128n, false);
  compress(state, blocks[1], 128n + BigInt(message.length), true);
  const bytes = Buffer.alloc(64);
  state.forEach((word, index) => bytes.writeBigUInt64LE(word, 8 * index));
  return bytes.subarray(0, length);
}

function padded(bytes) {
  const block = Buffer.alloc(128);
  block.set(bytes);
  return block;
}

function compress(state, block, counted, last) {
  const words = Array.from({ length: 16 }, (_, index) => block.readBigUInt64LE(8 * index));
  const v = [...state, ...IV];
  v[12] ^= counted;
  if (last) v[14] ^= MASK;
  for (let round = 0; round < 12; round += 1) {
    const order = SIGMA[round % 10];
    MIXED.forEach(([a, b, c, d], index) => mix(v, a, b, c, d, words[order[2 * index]], words[order[2 * index + 1]]));
  }
  for (let index = 0; index < 8; index += 1) state[index] ^= v[index] ^ v[index + 8];
}

function mix(v, a, b, c, d, x, y) {
  v[a] = (v[a] + v[b] + x) & MASK;
  v[d] = rotate(v[d] ^ v[a], 32n);
  v[c] = (v[c] + v[d]) & MASK;
  v[b] = rotate(v[b] ^ v[c], 24n);
  v[a] = (v[a] + v[b] + y) & MASK;
  v[d] = rotate(v[d] ^ v[a], 16n);
  v[c] = (v[c] + v[d]) & MASK;
  v[b] = rotate(v[b] ^ v[c], 63n);
}

function read(text, key) {
  if (!/^[A-Za-z0-9_-]{32}$/.test(text)) return { ok: false, reason: "malformed" };
  const raw = Buffer.from(text, "base64url");
  if (raw[0] >> 5 !== 1) return { ok: false, reason: "malformed" };
  const signed = raw.subarray(0, 17);
  if (key && !require("crypto").timingSafeEqual(blake2b(signed, key, 16).subarray(0, 7), raw.subarray(17))) {
    return { ok: false, reason: "forged" };
  }
  return {
    ok: true,
    verified: Boolean(key),
    marks: Object.keys(MARKS).filter((name) => raw[0] & MARKS[name]),
    key_number: raw[1],
    at_ms: raw.readUIntBE(2, 6),
    link_number: raw.readUIntBE(8, 5),
  };
}

module.exports = { read };
