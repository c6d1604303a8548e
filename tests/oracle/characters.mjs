// What the tokenizers library knows of characters, found by asking it: how it decomposes, orders and composes them, which scripts they are of, and what its
// parts take for punctuation, for numbers and for accents.
//   node tests/oracle/characters.mjs NODE_MODULES > src/Muxi.Llm/Tokens/HuggingFace/Data/characters.txt
import { createRequire } from "node:module";

const { Tokenizer } = createRequire(`${process.argv[2]}/x.js`)("tokenizers");

const scripts = ["Arabic", "Armenian", "Bengali", "Bopomofo", "Cyrillic", "Devanagari", "Ethiopic", "Georgian", "Greek", "Gujarati", "Gurmukhi", "Han", "Hangul", "Hebrew",
  "Hiragana", "Kannada", "Katakana", "Khmer", "Lao", "Latin", "Malayalam", "Mongolian", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai", "Tibetan"];

const load = (normalizer, pre_tokenizer) => Tokenizer.fromString(JSON.stringify({
  version: "1.0", truncation: null, padding: null, added_tokens: [], normalizer, pre_tokenizer, post_processor: null, decoder: null,
  model: { type: "BPE", vocab: { a: 0 }, merges: [] },
}));
const normalizer = (type) => {
  const form = load({ type }, null).getNormalizer();
  return (text) => form.normalizeString(text);
};
const [nfc, nfd, nfkd] = ["NFC", "NFD", "NFKD"].map(normalizer);

const hex = (character) => character.codePointAt(0).toString(16);
const spelled = (text) => [...text].map(hex).join(" ");
const all = [];
for (let code = 0; code < 0x110000; code++) if (code < 0xd800 || code > 0xdfff) all.push(String.fromCodePoint(code));
const isHangul = (character) => character >= "\uac00" && character <= "\ud7a3";

const runs = (members) => {
  const found = [];
  for (const code of members.map((c) => c.codePointAt(0)))
    if (found.length && found.at(-1)[1] === code - 1) found.at(-1)[1] = code;
    else found.push([code, code]);
  return found.map(([from, to]) => from === to ? from.toString(16) : `${from.toString(16)}-${to.toString(16)}`).join(" ");
};

const lines = [
  "# Characters as the tokenizers library knows them. Made by tests/oracle/characters.mjs; the facts are the Unicode Character Database's.",
  "# order: marks of one combining class, the lowest class first. canonical, compatible: a character and what it decomposes to; with = the two compose to it again.",
];

// Marks change places when the first has the higher class: so the library tells the order of classes, if not their numbers.
const swaps = (one, other) => nfd(one + other) !== nfd(one) + nfd(other);
const marks = all.filter((c) => nfd(c) === c && (swaps("\u0345", c) || swaps(c, "\u0334")));
marks.sort((one, other) => swaps(one, other) ? 1 : swaps(other, one) ? -1 : 0);
const classes = [];
for (const mark of marks)
  if (classes.length && !swaps(mark, classes.at(-1)[0]) && !swaps(classes.at(-1)[0], mark)) classes.at(-1).push(mark);
  else classes.push([mark]);
for (const members of classes) lines.push(`order ${runs(members.sort((one, other) => one.codePointAt(0) - other.codePointAt(0)))}`);

for (const character of all) {
  if (isHangul(character)) continue;
  const canonical = nfd(character);
  if (canonical !== character) {
    const parts = [...canonical];
    const first = nfc(parts.slice(0, -1).join(""));
    const composes = nfc(character) === character;
    if (composes && [...first].length !== 1) throw new Error(`${hex(character)} is not made of two`);
    lines.push(composes ? `canonical ${hex(character)} = ${spelled(first + parts.at(-1))}` : `canonical ${hex(character)} ${spelled(canonical)}`);
  }
  const compatible = nfkd(character);
  if (compatible !== canonical) lines.push(`compatible ${hex(character)} ${spelled(compatible)}`);
}

const members = (pre) => {
  const cutter = load(null, pre).getPreTokenizer();
  return runs(all.filter((c) => cutter.preTokenizeString(` ${c} `).length > 1));
};
for (const script of scripts) lines.push(`script ${script} ${members({ type: "Split", pattern: { Regex: `\\p{${script}}` }, behavior: "Removed", invert: false })}`);
lines.push(`set Punctuation ${members({ type: "Punctuation" })}`);
lines.push(`set Number ${members({ type: "Digits", individual_digits: true })}`);
const withoutAccents = normalizer("StripAccents");
lines.push(`set Accents ${runs(all.filter((c) => withoutAccents(c) === ""))}`);
console.log(lines.join("\n"));
