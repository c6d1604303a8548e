// Usage: node openai-sdk.mjs <node_modules> <recorded.jsonl> <provider,provider,...>
// Prints, for every recorded chat completion of these providers, what the official SDK makes of the recorded bytes.
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

const [modules, recorded, providers] = process.argv.slice(2);
const { OpenAI } = createRequire(join(modules, 'anchor.js'))('openai');
const wanted = new Set(providers.split(','));

for await (const line of createInterface({ input: createReadStream(recorded), crlfDelay: Infinity })) {
  if (!line) continue;
  const record = JSON.parse(line);
  if (record.endpoint === 'chat.completions' && wanted.has(record.provider)) {
    console.log(JSON.stringify({ id: record.id, ...(await read(record.response)) }));
  }
}

async function read(response) {
  const body = plainBody(response);
  const streamed = /^data:/m.test(body.toString('latin1')) && body[0] !== 0x7b;
  const client = new OpenAI({ apiKey: 'none', baseURL: 'http://recorded.invalid/v1', maxRetries: 0, fetch: async () => replay(response, body, streamed) });
  const request = { model: 'recorded', messages: [] };
  let snapshot = null;
  try {
    if (streamed) {
      const stream = client.chat.completions.stream(request);
      stream.on('chunk', (_, soFar) => { snapshot = soFar; });
      snapshot = await stream.finalChatCompletion();
    } else {
      snapshot = await client.chat.completions.create(request);
    }
    return { ok: true, ...shape(snapshot), error: null };
  } catch (error) {
    return { ok: false, ...shape(snapshot), error: errorOf(error) };
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

function shape(completion) {
  return {
    choices: (completion?.choices ?? []).filter(Boolean).map(choice => ({
      index: choice.index,
      text: choice.message.content ?? null,
      refusal: choice.message.refusal ?? null,
      tool_calls: toolCalls(choice.message),
      finish_reason: choice.finish_reason ?? null,
    })),
    usage: completion?.usage ?? completion?.x_groq?.usage ?? null,
  };
}

function toolCalls({ tool_calls: calls, function_call: legacy }) {
  const seen = (calls ?? []).filter(Boolean).map(call => {
    const said = call.function ?? call.custom;
    return { id: call.id ?? null, type: call.type ?? null, name: said?.name ?? null, arguments: said?.arguments ?? said?.input ?? '' };
  });
  return legacy ? [...seen, { id: null, type: 'function', name: legacy.name, arguments: legacy.arguments ?? '' }] : seen;
}

function errorOf(error) {
  return {
    class: error.constructor.name,
    message: error.message,
    status: error.status ?? null,
    code: error.code ?? null,
    type: error.type ?? null,
    param: error.param ?? null,
    request_id: error.requestID ?? null,
  };
}
