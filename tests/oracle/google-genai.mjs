// Usage: node google-genai.mjs <node_modules> <recorded.jsonl>
// Prints, for every recorded generateContent, streamGenerateContent and countTokens, what the official SDK reads out of the recorded bytes: a stream's pieces in order.
import { createServer } from 'node:http';
import { records, recorded, sdk } from './recorded.mjs';

const [modules, file] = process.argv.slice(2);
const { GoogleGenAI } = sdk(modules, '@google/genai');

// The SDK takes no fetch of one's own: a server on this machine gives the recorded bytes.
let answer;
const server = createServer(async (request, response) => {
  request.resume();
  const reply = await answer();
  const body = Buffer.from(await reply.arrayBuffer());
  response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? 'application/json', 'content-length': body.length });
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

async function read({ endpoint, request, response }) {
  const { fetch, streamed: isSse } = recorded(response);
  answer = fetch;
  const streamed = endpoint === 'streamGenerateContent' || isSse;
  const asked = { model: 'recorded', contents: 'recorded', config: { automaticContinuation: false } };
  const replies = [];
  try {
    if (endpoint === 'count_tokens') return { ok: true, streamed: false, count: plain(await client.models.countTokens({ model: 'recorded', contents: 'recorded' })) };
    if (!streamed) replies.push(plain(await client.models.generateContent(asked)));
    else for await (const piece of await client.models.generateContentStream(asked)) replies.push(plain(piece));
    return { ok: true, streamed, replies, error: null };
  } catch (error) {
    return { ok: false, streamed, replies, error: { class: error.constructor.name, status: error.status ?? null, message: error.message } };
  }
}

function plain(reply) {
  const { sdkHttpResponse, ...members } = reply;
  return members;
}
