// Usage: node ollama-sdk.mjs <node_modules> <recorded.jsonl>
// Prints, for every recorded call of Ollama's own format, what the official SDK makes of the recorded bytes.
import { records, sdk } from './recorded.mjs';

const [modules, file] = process.argv.slice(2);
const { Ollama } = sdk(modules, 'ollama');
const methods = { chat: 'chat', generate: 'generate', embed: 'embed', embeddings: 'embeddings' };

for await (const record of records(file)) {
  const method = methods[record.request?.url?.match(/\/api\/(\w+)$/)?.[1]];
  if (record.provider === 'ollama' && method) console.log(JSON.stringify({ id: record.id, method, ...(await read(method, record.response)) }));
}

async function read(method, { status, headers, body_text: text }) {
  const streamed = /\n\s*\S/.test(text);
  const client = new Ollama({ host: 'http://recorded.invalid', fetch: async () => new Response(text, { status, headers: { 'content-type': headers['content-type'] ?? 'application/json' } }) });
  try {
    const reply = await client[method]({ model: 'recorded', stream: streamed });
    return { ok: true, streamed, reply: streamed ? await together(reply) : reply };
  } catch (error) {
    return { ok: false, streamed, error: error.message };
  }
}

// The SDK gives a stream's pieces; the answer is their texts joined, their calls one after the other, and what the last one says.
async function together(pieces) {
  let all = null;
  for await (const piece of pieces) {
    const message = piece.message && {
      ...piece.message,
      content: (all?.message.content ?? '') + (piece.message.content ?? ''),
      thinking: (all?.message.thinking ?? '') + (piece.message.thinking ?? ''),
      tool_calls: [...(all?.message.tool_calls ?? []), ...(piece.message.tool_calls ?? [])],
    };
    all = { ...all, ...piece, ...(message && { message }), ...(piece.response != null && { response: (all?.response ?? '') + piece.response }) };
  }
  return all;
}
