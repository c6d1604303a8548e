// Usage: node tokens.mjs <node_modules> tiktoken|gpt-tokenizer <encoding> ordinary|specials|count < texts
// Reads a JSON string a line and prints, a line each, the ids of its tokens as npm tiktoken (the reference, compiled to WASM) or npm gpt-tokenizer has them, or how many there are.
// `ordinary` and `count` take the names of special tokens for text; `specials` takes them for the tokens.
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [modules, library, encoding, how] = process.argv.slice(2);
const load = createRequire(resolve(modules, 'anchor.js'));

function encoder() {
  if (library === 'tiktoken') {
    const reference = load('tiktoken').get_encoding(encoding);
    return how === 'specials' ? (text) => reference.encode(text, 'all') : (text) => reference.encode_ordinary(text);
  }
  const peer = load(`gpt-tokenizer/encoding/${encoding}`);
  return how === 'specials' ? (text) => peer.encode(text, { allowedSpecial: 'all' }) : (text) => peer.encode(text, { disallowedSpecial: new Set() });
}

const encode = encoder();
const output = [];
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const ids = encode(JSON.parse(line));
  output.push(how === 'count' ? ids.length : ids.join(' '));
}
process.stdout.write(output.join('\n') + '\n');
