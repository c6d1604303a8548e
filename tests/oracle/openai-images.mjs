// Usage: node openai-images.mjs <node_modules> <recorded.jsonl>
// Prints, for every recorded call for pictures of OpenAI's shape, what the official SDK makes of the recorded bytes.
import { gunzipSync } from 'node:zlib';
import { recorded, records, sdk } from './recorded.mjs';

const [modules, file] = process.argv.slice(2);
const { OpenAI } = sdk(modules, 'openai');

for await (const record of records(file)) {
  if (record.endpoint !== 'images' || record.provider === 'venice') continue;
  console.log(JSON.stringify({ id: record.id, ...(await read(record)) }));
}

async function read({ request, response }) {
  const { fetch } = recorded(plain(response));
  const client = new OpenAI({ apiKey: 'none', baseURL: 'http://recorded.invalid/v1', maxRetries: 0, fetch });
  const verb = request.url.includes('edits') ? 'edit' : request.url.includes('variations') ? 'createVariation' : 'generate';
  try {
    const reply = await client.images[verb]({ model: 'm', prompt: 'p', image: new File(['x'], 'x.png') });
    return { images: reply.data.map(({ b64_json, url, revised_prompt }) => [b64_json ?? null, url ?? null, revised_prompt ?? null]), created: reply.created ?? 0, usage: reply.usage ?? null,
      told: [reply.size ?? null, reply.quality ?? null, reply.background ?? null, reply.output_format ?? null], error: null };
  } catch (error) {
    return { error: { status: error.status ?? null, code: error.code ?? null, type: error.type ?? null, param: error.param ?? null, message: error.error?.message ?? null } };
  }
}

// Some records keep a text body beside the encoding that it came in.
function plain(response) {
  if (response.body_base64 == null || response.headers['content-encoding'] !== 'gzip') return response;
  const body = Buffer.from(response.body_base64, 'base64');
  return body[0] === 0x1f ? { ...response, body_base64: gunzipSync(body).toString('base64') } : response;
}
