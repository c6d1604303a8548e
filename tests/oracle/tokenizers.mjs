// Usage: node tokenizers.mjs <node_modules> <tokenizer.json> specials|ordinary|decode < texts
// Reads a JSON string a line and prints, a line each, what npm tokenizers (Hugging Face's own library, compiled for Node) makes of it with that file, with nothing set round the text.
// `specials` takes the names of special tokens for the tokens, as the library does; `ordinary` takes them for text: they are renamed to what no text has.
// `decode` reads ids, set apart by spaces, and prints the UTF-16 codes of their text.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [modules, path, how] = process.argv.slice(2);
const { Tokenizer } = createRequire(resolve(modules, 'anchor.js'))('tokenizers');

function load() {
  if (how !== 'ordinary') return Tokenizer.fromFile(path);
  const file = JSON.parse(readFileSync(path, 'utf8'));
  // Those that the vocabulary has can go; of the others the library counts ids on.
  file.added_tokens = file.added_tokens
    .filter((token) => !token.special || !Object.hasOwn(file.model.vocab, token.content))
    .map((token) => (token.special ? { ...token, content: `\u{10fffd}${token.content}\u{10fffd}` } : token));
  return Tokenizer.fromString(JSON.stringify(file));
}

const tokenizer = load();
const output = [];
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const text = JSON.parse(line);
  if (how === 'decode') {
    const decoded = await tokenizer.decode(text.split(' ').filter(Boolean).map(Number), false);
    output.push(decoded.split('').map((unit) => unit.charCodeAt(0)).join(' '));
  } else {
    output.push((await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds().join(' '));
  }
}
process.stdout.write(output.join('\n') + '\n');
