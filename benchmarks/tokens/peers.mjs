// Usage: node peers.mjs <node_modules>
// Reads a JSON task a line, {"library","encoding","how","unit","length","milliseconds"}, and answers each with a line: {"nanoseconds","tokens","sum"}.
// How is `encode`, `count`, or `new`: encode with the cache of pieces that gpt-tokenizer has seen emptied before each turn, as if the text were new to it.
// The text is the unit over and over, cut at the length (UTF-16). It is encoded or counted again and again for so long, by the processor's time; the sum is that of the ids of one turn.
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const load = createRequire(resolve(process.argv[2], 'anchor.js'));
const references = {};
const ways = {
  tiktoken: {
    encode: (encoding) => {
      const reference = (references[encoding] ??= load('tiktoken').get_encoding(encoding));
      return (text) => reference.encode_ordinary(text);
    },
  },
  'gpt-tokenizer': {
    encode: (encoding) => load(`gpt-tokenizer/encoding/${encoding}`).encode,
    count: (encoding) => load(`gpt-tokenizer/encoding/${encoding}`).countTokens,
    new: (encoding) => {
      const { encode, clearMergeCache } = load(`gpt-tokenizer/encoding/${encoding}`);
      return (text) => {
        clearMergeCache();
        return encode(text);
      };
    },
  },
};

const spent = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

let last = { key: null, text: null };
function textOf({ unit, length }) {
  const key = `${length} ${unit}`;
  if (last.key !== key) last = { key, text: unit.repeat(Math.ceil(length / unit.length)).slice(0, length) };
  return last.text;
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const task = JSON.parse(line);
  const run = ways[task.library][task.how](task.encoding);
  const text = textOf(task);
  let result;
  let turns = 0;
  const started = spent();
  do {
    result = run(text);
    turns++;
  } while (spent() - started < task.milliseconds * 1000);
  const nanoseconds = ((spent() - started) * 1000) / turns;
  let sum = 0;
  if (typeof result !== 'number') for (const id of result) sum = (Math.imul(sum, 31) + id) | 0;
  console.log(JSON.stringify({ nanoseconds, tokens: typeof result === 'number' ? result : result.length, sum }));
}
