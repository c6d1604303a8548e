// Usage: node google-records.mjs <node_modules> <recorded.jsonl>
// Prints, for every recorded call about embeddings, files and models of Google's Gemini API and Vertex AI, what Google's official SDK makes of the recorded bytes; beside it what
// an independent look at the JSON says where the SDK has no such call any longer (embedContent) or asks in two steps (an upload).
import { recorded, records, sdk } from './recorded.mjs';

const [modules, file] = process.argv.slice(2);
const { GoogleGenAI } = sdk(modules, '@google/genai');

for await (const record of records(file)) {
  if (!['gemini', 'vertex'].includes(record.provider) || !['embeddings', 'files', 'models'].includes(record.endpoint) || record.request.url.includes(':rawPredict')) continue;
  const verb = record.endpoint === 'files' ? (record.response.body_text ? 'file' : 'begin') : record.endpoint === 'models' ? 'models' : 'embed';
  console.log(JSON.stringify({ id: record.id, provider: record.provider, verb, ...(await read(record, verb)) }));
}

async function read({ request, response }, verb) {
  const { fetch } = recorded(response);
  const reply = await fetch();
  if (verb === 'begin') return { value: { url: reply.headers.get('x-goog-upload-url') } };
  if (verb === 'file') return { value: (await reply.json()).file };
  globalThis.fetch = async () => reply.clone();
  const models = new GoogleGenAI({ apiKey: 'none' }).models;
  const texts = (request.body_json?.requests ?? request.body_json?.instances ?? [request.body_json]).length;
  try {
    if (verb === 'models') return { value: (await models.list({ config: { queryBase: true } })).page };
    if (request.url.includes(':embedContent')) return { texts, value: { embeddings: [(await reply.json()).embedding] } };
    return { texts, value: await models.embedContent({ model: 'm', contents: Array(texts).fill('x') }) };
  } catch (error) {
    return { texts, error: { status: error.status ?? null, message: JSON.parse(error.message).error.message } };
  }
}
