// Makes the rank tables beside this file out of those that npm's `tiktoken` brings: node make.mjs PATH_OF_NODE_MODULES
//
// A table: the number of its tokens and that of the bytes in its last plane (32 bits each, little-endian); then, of all tokens in the order of their bytes, in one
// plane each: the id's low and its middle byte, which nothing makes smaller. The rest is packed by Brotli: the id's high byte, how many bytes are those of the token
// before, how many are new, how many belong to the left one of the two tokens it is merged of (0: it is a single byte); at last the new bytes of all of them.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const modules = process.argv[2];
const here = import.meta.dirname;

for (const name of ['o200k_base', 'cl100k_base', 'p50k_base']) {
  const ranks = read(name);
  const [plain, bytes] = table(ranks);
  const packed = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  writeFileSync(join(here, `${name}.br`), Buffer.concat([plain, packed]));
  console.log(`${name}: ${ranks.size} tokens, ${plain.length + bytes.length} bytes, ${plain.length + packed.length} packed`);
}
same(read('p50k_edit'), read('p50k_base'), Infinity);
same(read('r50k_base'), read('p50k_base'), 50256);

// Token (as latin1 text) to rank.
function read(name) {
  const { bpe_ranks: lines } = JSON.parse(readFileSync(join(modules, 'tiktoken', 'encoders', `${name}.json`), 'utf8'));
  const ranks = new Map();
  for (const line of lines.split('\n')) {
    const [, first, ...tokens] = line.split(' ');
    tokens.forEach((token, at) => ranks.set(Buffer.from(token, 'base64').toString('latin1'), Number(first) + at));
  }
  return ranks;
}

function table(ranks) {
  const tokens = [...ranks.keys()].sort((a, b) => (a < b ? -1 : 1));
  const planes = Array.from({ length: 6 }, () => Buffer.alloc(tokens.length));
  const suffixes = [];
  tokens.forEach((token, at) => {
    const before = at === 0 ? '' : tokens[at - 1];
    let shared = 0;
    while (shared < before.length && before[shared] === token[shared]) shared++;
    const id = ranks.get(token);
    [id & 255, (id >> 8) & 255, id >> 16, shared, token.length - shared, left(token, ranks)].forEach((value, plane) => (planes[plane][at] = value));
    suffixes.push(Buffer.from(token.slice(shared), 'latin1'));
  });
  const lengths = Buffer.alloc(8);
  lengths.writeInt32LE(tokens.length);
  lengths.writeInt32LE(suffixes.reduce((sum, suffix) => sum + suffix.length, 0), 4);
  return [Buffer.concat([lengths, ...planes.slice(0, 2)]), Buffer.concat([...planes.slice(2), ...suffixes])];
}

// The length of the left one of the last two parts that the token's own bytes are merged of, lowest rank first.
function left(token, ranks) {
  const parts = [...token];
  while (parts.length > 2) {
    const [at] = lowest(parts, ranks);
    if (at < 0) throw new Error(`${JSON.stringify(token)} is not what its bytes are merged to`);
    parts.splice(at, 2, parts[at] + parts[at + 1]);
  }
  if (parts.length === 1) return 0;
  if (ranks.get(parts[0]) > ranks.get(token) || ranks.get(parts[1]) > ranks.get(token)) throw new Error(`${JSON.stringify(token)} comes before its parts`);
  return parts[0].length;
}

function lowest(parts, ranks) {
  let at = -1, least = Infinity;
  for (let i = 0; i + 1 < parts.length; i++) {
    const rank = ranks.get(parts[i] + parts[i + 1]);
    if (rank < least) [at, least] = [i, rank];
  }
  return [at, least];
}

function same(ranks, others, end) {
  for (const [token, rank] of ranks) if (others.get(token) !== rank) throw new Error(`${JSON.stringify(token)} differs`);
  for (const [token, rank] of others) if (rank < end && ranks.get(token) !== rank) throw new Error(`${JSON.stringify(token)} differs`);
}
