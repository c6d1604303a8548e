// Usage: node kinds.mjs <node_modules> [data]
// Prints what kind of character each code point is to the regular expressions of npm tiktoken (Rust's, compiled to WASM), as runs: {"from":0,"kind":"other"}.
// A pattern that matches one character, over a vocabulary of single bytes, leaves of a text the characters of that kind alone: Tiktoken drops what its pattern does not match.
// With `data`: planes 0 to 3 in the form that CharacterData.cs holds, of which its comment tells.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [modules, form] = process.argv.slice(2);
const { Tiktoken } = createRequire(resolve(modules, 'anchor.js'))('tiktoken');

const kinds = { other: '', upper: '[\\p{Lu}\\p{Lt}]', lower: '\\p{Ll}', letter: '[\\p{Lm}\\p{Lo}]', mark: '\\p{M}', number: '\\p{N}', space: '\\s', sign: '[\\p{P}\\p{S}]' };
const names = Object.keys(kinds);
const last = 0x10ffff;
const isSurrogate = (code) => code >= 0xd800 && code <= 0xdfff;

const everything = Array.from({ length: last + 1 }, (_, code) => (isSurrogate(code) ? '' : String.fromCodePoint(code))).join('');
const bytes = '! 0 ' + Array.from({ length: 256 }, (_, byte) => Buffer.from([byte]).toString('base64')).join(' ');
const of = new Uint8Array(last + 1);
for (const [name, pattern] of Object.entries(kinds)) {
  if (!pattern) continue;
  const kept = Buffer.from(new Tiktoken(bytes, {}, pattern).encode_ordinary(everything)).toString('utf8');
  for (const character of kept) {
    const code = character.codePointAt(0);
    if (of[code] !== 0) throw new Error(`U+${code.toString(16)} is ${names[of[code]]} and ${name}`);
    of[code] = names.indexOf(name);
  }
}

const runs = [];
for (let code = 0; code <= last; code++) {
  if (code === 0 || of[code] !== of[code - 1]) runs.push({ from: code, kind: names[of[code]] });
}

if (form === 'data') {
  const data = [];
  for (const [at, { from, kind }] of runs.entries()) {
    if (from >= 0x40000) break;
    const length = Math.min(runs[at + 1].from, 0x40000) - from;
    data.push(names.indexOf(kind) | (length < 32 ? length << 3 : 0));
    if (length >= 32) data.push(length & 0xff, (length >> 8) & 0xff, length >> 16);
  }
  console.log(Buffer.from(data).toString('base64').replace(/.{140}/g, '$&\n'));
} else {
  for (const run of runs) console.log(JSON.stringify(run));
}
