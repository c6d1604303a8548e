// Usage: node openai-sdk.mjs <node_modules> <recorded.jsonl> <provider,provider,...>
// Prints, for every recorded chat completion of these providers, what the official SDK makes of the recorded bytes.
import { recorded, records, sdk } from './recorded.mjs';

const [modules, file, providers] = process.argv.slice(2);
const { OpenAI } = sdk(modules, 'openai');
const wanted = new Set(providers.split(','));

for await (const record of records(file)) {
  if (record.endpoint === 'chat.completions' && wanted.has(record.provider)) {
    console.log(JSON.stringify({ id: record.id, ...(await read(record.response)) }));
  }
}

async function read(response) {
  const { streamed, fetch } = recorded(response);
  const client = new OpenAI({ apiKey: 'none', baseURL: 'http://recorded.invalid/v1', maxRetries: 0, fetch });
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
