// Usage: node google-genai.mjs <node_modules> <recorded.jsonl>
// Prints, for every recorded generateContent, streamGenerateContent and countTokens, what the official SDK reads out of the recorded bytes; a stream's pieces are
// joined in the plainest way. The SDK reads no JSON array (a stream without alt=sse): it is given its items as events.
import { createServer } from 'node:http';
import { recorded, records, sdk } from './recorded.mjs';

const [modules, file] = process.argv.slice(2);
const { GoogleGenAI } = sdk(modules, '@google/genai');

// The SDK takes no fetch of one's own: a server on this machine gives the recorded bytes.
let answer;
const server = createServer(async (request, response) => {
  request.resume();
  const reply = await answer();
  const body = events(await reply.text());
  response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const client = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: `http://127.0.0.1:${server.address().port}` } });

for await (const record of records(file)) {
  if (isWanted(record)) console.log(JSON.stringify({ id: record.id, ...(await read(record)) }));
}
server.close();
server.closeAllConnections();

function isWanted({ endpoint, provider, request }) {
  return /^(gemini|vertex)$/.test(provider) && /^(generateContent|streamGenerateContent|count_tokens)$/.test(endpoint) && /:(generateContent|streamGenerateContent|countTokens)/.test(request.url);
}

async function read({ endpoint, response }) {
  const { fetch, streamed: isSse } = recorded(response);
  answer = fetch;
  const streamed = endpoint === 'streamGenerateContent' || isSse;
  const asked = { model: 'recorded', contents: 'recorded', config: { automaticContinuation: false } };
  const replies = [];
  try {
    if (endpoint === 'count_tokens') return { ok: true, streamed: false, count: await client.models.countTokens({ model: 'recorded', contents: 'recorded' }), error: null };
    if (!streamed) replies.push(await client.models.generateContent(asked));
    else for await (const piece of await client.models.generateContentStream(asked)) replies.push(piece);
    return { ok: true, streamed, reply: joined(replies), error: null };
  } catch (error) {
    return { ok: false, streamed, error: { class: error.constructor.name, status: error.status ?? null, said: said(error.message) } };
  }
}

function events(text) {
  return text.startsWith('[') ? JSON.parse(text).map((item) => `data: ${JSON.stringify(item)}\n\n`).join('') : text;
}

// The service's words within what the SDK says, which wraps a stream's error once more.
function said(message) {
  try {
    return said(JSON.parse(message).error.message);
  } catch {
    return message;
  }
}

function joined(replies) {
  const answers = {};
  for (const reply of replies) {
    for (const [place, { content, index, ...members }] of (reply.candidates ?? []).entries()) {
      const answer = (answers[index ?? place] ??= { parts: [] });
      for (const part of content?.parts ?? []) add(answer.parts, structuredClone(part));
      Object.assign(answer, members);
    }
  }
  const first = (name) => replies.map((reply) => reply[name]).find((value) => value != null) ?? null;
  return { id: first('responseId'), model: first('modelVersion'), usage: Object.assign({}, ...replies.map((reply) => reply.usageMetadata)), feedback: first('promptFeedback'), answers };
}

function add(parts, part) {
  const last = parts.at(-1);
  const call = part.functionCall;
  if (call && !call.name) {
    for (const piece of call.partialArgs ?? []) put(last.functionCall.args, piece);
    return;
  }
  if (call?.willContinue) Object.assign(call, { args: {}, willContinue: undefined });
  const isText = (one) => typeof one?.text === 'string' && !one.thoughtSignature;
  if (isText(part) && part.text === '') return;
  if (isText(part) && isText(last) && !part.thought === !last.thought) last.text += part.text;
  else parts.push(part);
}

function put(args, { jsonPath, stringValue, numberValue, boolValue }) {
  const steps = jsonPath.slice(2).split(/[.[\]]+/).filter(Boolean);
  let at = args;
  steps.slice(0, -1).forEach((step, i) => { at = at[step] ??= /^\d+$/.test(steps[i + 1]) ? [] : {}; });
  const name = steps.at(-1);
  at[name] = stringValue !== undefined ? (at[name] ?? '') + stringValue : numberValue ?? boolValue ?? null;
}
