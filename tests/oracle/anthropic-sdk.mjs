// Usage: node anthropic-sdk.mjs <node_modules> <recorded.jsonl>
// Prints, for every recorded message and token count of Anthropic's format, what the official SDK makes of the recorded bytes.
import { recorded, records, sdk } from './recorded.mjs';

const [modules, file] = process.argv.slice(2);
const { Anthropic } = sdk(modules, '@anthropic-ai/sdk');

for await (const record of records(file)) {
  if (isWanted(record)) console.log(JSON.stringify({ id: record.id, ...(await read(record)) }));
}

// Vertex's records that are called models are Anthropic's rawPredict.
function isWanted({ provider, endpoint }) {
  return provider === 'anthropic' ? endpoint === 'messages' || endpoint === 'count_tokens' : provider === 'vertex' && endpoint === 'models';
}

async function read({ endpoint, response }) {
  const { streamed, fetch } = recorded(response);
  const client = new Anthropic({ apiKey: 'none', authToken: null, baseURL: 'http://recorded.invalid', maxRetries: 0, logLevel: 'off', fetch });
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
