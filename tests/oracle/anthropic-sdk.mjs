// Usage: node anthropic-sdk.mjs <node_modules> <recorded.jsonl>
// Prints, for every recorded message and token count of Anthropic's format, what the official SDK makes of the recorded bytes.
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

const [modules, recorded] = process.argv.slice(2);
const { Anthropic } = createRequire(join(modules, 'anchor.js'))('@anthropic-ai/sdk');

for await (const line of createInterface({ input: createReadStream(recorded), crlfDelay: Infinity })) {
  if (!line) continue;
  const record = JSON.parse(line);
  if (isWanted(record)) console.log(JSON.stringify({ id: record.id, ...(await read(record)) }));
}

// Vertex's records that are called models are Anthropic's rawPredict.
function isWanted({ provider, endpoint }) {
  return provider === 'anthropic' ? endpoint === 'messages' || endpoint === 'count_tokens' : provider === 'vertex' && endpoint === 'models';
}

async function read({ endpoint, response }) {
  const body = plainBody(response);
  const streamed = /^data:/m.test(body.toString('latin1')) && body[0] !== 0x7b;
  const client = new Anthropic({ apiKey: 'none', authToken: null, baseURL: 'http://recorded.invalid', maxRetries: 0, logLevel: 'off', fetch: async () => replay(response, body, streamed) });
  const request = { model: 'recorded', max_tokens: 1, messages: [] };
  let message = null;
  try {
    if (endpoint === 'count_tokens') return { ok: true, count: await client.beta.messages.countTokens({ model: 'recorded', messages: [] }), error: null };
    if (streamed) {
      const stream = client.beta.messages.stream(request);
      stream.on('streamEvent', (_, soFar) => { message = soFar; });
      message = await stream.finalMessage();
    } else {
      message = await client.beta.messages.create(request);
    }
    return { ok: true, streamed, message, error: null };
  } catch (error) {
    return { ok: false, streamed, message, error: errorOf(error) };
  }
}

function plainBody({ body_base64: base64, body_text: text, headers }) {
  if (base64 == null) return Buffer.from(text ?? '', 'utf8');
  const bytes = Buffer.from(base64, 'base64');
  return headers['content-encoding'] === 'br' ? brotliDecompressSync(bytes) : bytes;
}

// A real fetch has decoded the body by now. Some records lost their headers; the SDK reads JSON only when the type says so.
function replay({ status, headers }, body, streamed) {
  const kept = new Headers({ 'content-type': streamed ? 'text/event-stream' : 'application/json' });
  for (const [name, value] of Object.entries(headers)) {
    if (!/^(content-length|content-encoding|transfer-encoding|connection)$/i.test(name)) kept.set(name, value);
  }
  return new Response(body, { status, headers: kept });
}

function errorOf(error) {
  return {
    class: error.constructor.name,
    message: error.message,
    status: error.status ?? null,
    type: error.error?.error?.type ?? null,
    said: error.error?.error?.message ?? null,
    request_id: error.requestID ?? error.error?.request_id ?? null,
  };
}
