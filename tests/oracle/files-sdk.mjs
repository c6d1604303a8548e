// Usage: node files-sdk.mjs <node_modules> <recorded.jsonl>
// Prints, for every recorded call about files of OpenAI and Anthropic, what the service's official SDK makes of the recorded bytes.
import { createHash } from 'node:crypto';
import { recorded, records, sdk } from './recorded.mjs';

const [modules, file] = process.argv.slice(2);
const { OpenAI } = sdk(modules, 'openai');
const { Anthropic } = sdk(modules, '@anthropic-ai/sdk');

for await (const record of records(file)) {
  const match = /\/v1\/files(?:\/([^/?]+))?(\/content)?(?:\?.*)?$/.exec(record.request.url ?? '');
  if (record.endpoint !== 'files' || !match || !['openai', 'anthropic'].includes(record.provider)) continue;
  const verb = record.request.method === 'POST' ? 'create' : record.request.method === 'DELETE' ? 'delete' : match[2] ? 'content' : match[1] ? 'retrieve' : 'list';
  console.log(JSON.stringify({ id: record.id, provider: record.provider, verb, file: match[1] ?? null, ...(await read(record, verb, match[1])) }));
}

async function read({ provider, response }, verb, id) {
  const settings = { apiKey: 'none', baseURL: `http://recorded.invalid${provider === 'openai' ? '/v1' : ''}`, maxRetries: 0, fetch: recorded(response).fetch };
  const files = provider === 'openai' ? new OpenAI(settings).files : new Anthropic(settings).beta.files;
  const upload = new File(['x'], 'a.txt');
  const calls = {
    create: () => provider === 'openai' ? files.create({ file: upload, purpose: 'assistants' }) : files.upload({ file: upload }),
    delete: () => files.delete(id),
    content: async () => bytes(await (provider === 'openai' ? files.content(id) : files.download(id))),
    retrieve: () => provider === 'openai' ? files.retrieve(id) : files.retrieveMetadata(id),
    list: async () => (await files.list()).data,
  };
  try {
    return { value: await calls[verb](), error: null };
  } catch (error) {
    return { value: null, error: { status: error.status ?? null, message: error.error?.error?.message ?? error.message } };
  }
}

async function bytes(response) {
  const read = Buffer.from(await response.arrayBuffer());
  return { length: read.length, sha256: createHash('sha256').update(read).digest('hex') };
}
