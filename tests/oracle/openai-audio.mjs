// Usage: node openai-audio.mjs <node_modules> <recorded.jsonl>
// Prints, for every recorded transcript, translation and speech in OpenAI's shape, what the official SDK makes of the recorded bytes.
import { createHash } from 'node:crypto';
import { recorded, records, sdk } from './recorded.mjs';

const [modules, file] = process.argv.slice(2);
const { OpenAI, toFile } = sdk(modules, 'openai');

for await (const record of records(file)) {
  if (/\/audio\/(transcriptions|translations|speech)$/.test(record.request?.url ?? '')) console.log(JSON.stringify({ id: record.id, ...(await read(record)) }));
}

async function read({ request, response }) {
  const { fetch } = recorded(isSound(response) ? sound(response) : response);
  const client = new OpenAI({ apiKey: 'none', baseURL: 'http://recorded.invalid/v1', maxRetries: 0, fetch });
  const what = request.url.split('/').pop();
  try {
    if (what === 'speech') {
      const bytes = Buffer.from(await (await client.audio.speech.create({ model: 'recorded', input: 'recorded', voice: 'alloy' })).arrayBuffer());
      return { ok: true, length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    }
    const reply = await client.audio[what].create({ model: 'recorded', file: await toFile(Buffer.from('RIFF'), 'a.wav'), ...(what === 'transcriptions' && { response_format: 'verbose_json' }) });
    return { ok: true, reply };
  } catch (error) {
    return { ok: false, status: error.status ?? null, type: error.type ?? null, message: error.error?.message ?? error.message };
  }
}

// Some recordings keep a sound as text in base64, under its own media type.
function isSound({ headers, body_text: text }) {
  return text != null && /^audio\//.test(headers['content-type'] ?? '');
}

function sound({ body_text: text, ...rest }) {
  return { ...rest, body_base64: text };
}
