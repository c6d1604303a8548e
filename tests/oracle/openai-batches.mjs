// Usage: node openai-batches.mjs <node_modules> <recorded.jsonl>
// Prints, for every recorded call about batches of OpenAI's form, what the official SDK makes of the recorded bytes.
import { recorded, records, sdk } from './recorded.mjs';

const [modules, file] = process.argv.slice(2);
const { OpenAI } = sdk(modules, 'openai');

for await (const record of records(file)) {
  const match = /\/v1\/batches(?:\/([^/?]+))?(\/cancel)?(?:\?.*)?$/.exec(record.request.url ?? '');
  if (!match) continue;
  const verb = match[2] ? 'cancel' : match[1] ? 'retrieve' : record.request.method === 'POST' ? 'create' : 'list';
  console.log(JSON.stringify({ id: record.id, provider: record.provider, verb, batch: match[1] ?? null, ...(await read(record, verb, match[1])) }));
}

async function read({ response, request }, verb, id) {
  const { batches } = new OpenAI({ apiKey: 'none', baseURL: 'http://recorded.invalid/v1', maxRetries: 0, fetch: recorded(response).fetch });
  const calls = { create: () => batches.create(request.body_json), retrieve: () => batches.retrieve(id), cancel: () => batches.cancel(id), list: async () => (await batches.list()).data };
  try {
    return { value: await calls[verb](), error: null };
  } catch (error) {
    return { value: null, error: { status: error.status ?? null, message: error.error?.error?.message ?? error.message } };
  }
}
