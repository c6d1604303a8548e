// Usage: node openai-texts.mjs <node_modules> <recorded.jsonl> <endpoint>
// Prints what the official SDK makes of the recorded completions, embeddings, moderations or models, whoever answered.
import { recorded, records, sdk } from './recorded.mjs';

const [modules, file, endpoint] = process.argv.slice(2);
const { OpenAI } = sdk(modules, 'openai');

const listed = (models) => ({ ids: models.map(({ id }) => id), created: models.map(({ created }) => created ?? null), owners: models.map(({ owned_by: owner }) => owner ?? null) });

async function read({ response, request }) {
  const { streamed, fetch } = recorded(response);
  const client = new OpenAI({ apiKey: 'none', baseURL: 'http://recorded.invalid/v1', maxRetries: 0, fetch });
  try {
    return { ok: true, ...(await ask[endpoint](client, streamed, response, request)) };
  } catch (error) {
    return { ok: false, status: error.status ?? null, code: error.code == null ? null : String(error.code) };
  }
}

const ask = {
  async completions(client, streamed) {
    const chunks = streamed ? [] : [await client.completions.create({ model: 'm', prompt: 'p' })];
    if (streamed) for await (const chunk of await client.completions.create({ model: 'm', prompt: 'p', stream: true })) chunks.push(chunk);
    const texts = {};
    let usage = null;
    for (const chunk of chunks) {
      usage = chunk.usage ?? usage;
      for (const [at, choice] of (chunk.choices ?? []).entries()) {
        const answer = (texts[choice.index ?? at] ??= { text: '', finish: null });
        answer.text += choice.text ?? choice.message?.content ?? choice.delta?.content ?? '';
        answer.finish = choice.finish_reason ?? answer.finish;
      }
    }
    return { choices: Object.values(texts), prompt_tokens: usage?.prompt_tokens ?? null, completion_tokens: usage?.completion_tokens ?? null };
  },

  // The SDK decodes base64 where it asked for it itself, whatever came; so it is asked for what is there.
  async embeddings(client, _, { body_text: text }) {
    const isBase64 = /"embedding"\s*:\s*"/.test(text ?? '');
    const reply = await client.embeddings.create({ model: 'm', input: 'x', ...(isBase64 ? {} : { encoding_format: 'float' }) });
    return { vectors: reply.data.map(({ embedding }) => [...embedding]), indexes: reply.data.map(({ index }) => index ?? null), model: reply.model, tokens: reply.usage?.prompt_tokens ?? reply.usage?.total_tokens ?? null };
  },

  async moderations(client) {
    const reply = await client.moderations.create({ input: 'x' });
    return { model: reply.model, results: reply.results.map(({ categories, category_scores: scores }) => ({ categories, scores })), flagged: reply.results.map(({ flagged }) => flagged ?? null) };
  },

  async models(client, _, __, { url }) {
    if (/\/models\/[^/]+$/.test(url)) {
      return listed([await client.models.retrieve('m')]);
    }
    const models = [];
    for await (const model of client.models.list()) models.push(model);
    return listed(models);
  },
};

for await (const record of records(file)) {
  if (record.endpoint === endpoint && /\/(completions|embeddings|moderations|models(\/[^/?]+)?)(\?|$)/.test(record.request.url)) {
    console.log(JSON.stringify({ id: record.id, ...(await read(record)) }));
  }
}
