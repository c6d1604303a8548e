// Usage: node openai-responses.mjs <node_modules> <recorded.jsonl>
// Prints, for every recorded call of the Responses API, what the official SDK makes of the recorded bytes: a stream's events in order and the response that its own
// accumulator ends with, or the reply.
import { recorded, records, sdk } from './recorded.mjs';

const [modules, file] = process.argv.slice(2);
const { OpenAI } = sdk(modules, 'openai');

const clientOf = (response) => new OpenAI({ apiKey: 'none', baseURL: 'http://recorded.invalid/v1', maxRetries: 0, fetch: recorded(response).fetch });
const plain = (value) => JSON.parse(JSON.stringify(value, (name, member) => (name === 'output_parsed' || name === 'parsed' || name === 'parsed_arguments' || name === '_request_id' ? undefined : member)));
const failed = (error) => ({ status: error.status ?? null, code: error.code ?? null, message: error.error?.message ?? null });

async function read({ request, response }) {
  const client = clientOf(response);
  if (recorded(response).streamed) return streamed(response);
  const verb = request.method === 'DELETE' ? 'delete' : request.url.endsWith('/compact') ? 'compact' : request.url.endsWith('/input_tokens') ? 'input_tokens' : 'create';
  const ask = {
    create: () => client.responses.create({ model: 'm', input: 'x' }),
    compact: () => client.responses.compact({ model: 'm', input: 'x' }),
    input_tokens: () => client.responses.inputTokens.count({ model: 'm', input: 'x' }),
    // It gives nothing back; what came stands in the body.
    delete: async () => JSON.parse(await (await client.responses.delete('resp_1').asResponse()).text()),
  };
  try {
    return { verb, reply: plain(await ask[verb]()) };
  } catch (error) {
    return { verb, error: failed(error) };
  }
}

async function streamed(response) {
  const result = { verb: 'stream', events: [], reply: null, error: null };
  try {
    for await (const event of await clientOf(response).responses.create({ model: 'm', input: 'x', stream: true })) result.events.push(plain(event));
  } catch (error) {
    result.error = failed(error);
  }
  try {
    const { output_text: _, ...reply } = plain(await clientOf(response).responses.stream({ model: 'm', input: 'x' }).finalResponse());
    result.reply = reply;
  } catch (error) {
    result.error ??= failed(error);
  }
  return result;
}

for await (const record of records(file)) {
  if (record.endpoint === 'responses') console.log(JSON.stringify({ id: record.id, ...(await read(record)) }));
}
