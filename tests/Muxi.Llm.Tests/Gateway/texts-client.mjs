// OpenAI's own JavaScript client against a server: node texts-client.mjs BASE_URL SCENARIO MODEL. Prints what it saw as one line of JSON.
import OpenAI from "openai";

const [baseURL, scenario, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "any", maxRetries: 0, timeout: 20_000 });
const round = (numbers) => [...numbers].map((number) => Math.round(number * 1e4) / 1e4);

const scenarios = {
  async complete() {
    const reply = await client.completions.create({ model, prompt: "Once", max_tokens: 3, n: 2, logprobs: 2, echo: true, stop: ["zzz"], seed: 1, user: "ann", temperature: 0.5, top_p: 0.5, presence_penalty: 1, frequency_penalty: 1, logit_bias: { 5: 1 }, suffix: "end" });
    const [first, second] = reply.choices;
    return { object: reply.object, text: first.text, finish: first.finish_reason, tokens: first.logprobs.tokens.length, top: Object.keys(first.logprobs.top_logprobs[0]).length, second: second.index, total: reply.usage.total_tokens };
  },
  async prompts() {
    const lists = [["a", "b"], [1, 2], [[1], [2, 3]]];
    const replies = await Promise.all(lists.map((prompt) => client.completions.create({ model, prompt })));
    return { choices: replies.map((reply) => reply.choices.length) };
  },
  async completeStream() {
    const ask = { model, prompt: "Once", max_tokens: 40 };
    const whole = await client.completions.create(ask);
    let [text, chunks, usage, finish] = ["", 0, null, null];
    for await (const chunk of await client.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } })) {
      text += chunk.choices[0]?.text ?? "";
      finish = chunk.choices[0]?.finish_reason ?? finish;
      usage = chunk.usage ?? usage;
      chunks++;
    }
    return { same: text === whole.choices[0].text, finish: finish === whole.choices[0].finish_reason, usage: usage.total_tokens === whole.usage.total_tokens, several: chunks > 3 };
  },
  async completeWithoutUsage() {
    let usage = 0;
    for await (const chunk of await client.completions.create({ model, prompt: "Once", stream: true })) usage += "usage" in chunk ? 1 : 0;
    return { usage };
  },
  async embed() {
    const floats = await client.embeddings.create({ model, input: ["a b", "c"], encoding_format: "float", dimensions: 4, user: "ann" });
    const decoded = await client.embeddings.create({ model, input: ["a b", "c"], dimensions: 4 });
    const raw = await client.embeddings.create({ model, input: ["a b", "c"], encoding_format: "base64", dimensions: 4 });
    return {
      same: JSON.stringify(floats.data.map(({ embedding }) => round(embedding))) === JSON.stringify(decoded.data.map(({ embedding }) => round(embedding))),
      raw: typeof raw.data[0].embedding, dimensions: decoded.data[1].embedding.length, indexes: decoded.data.map(({ index }) => index), object: decoded.object, tokens: decoded.usage.prompt_tokens,
    };
  },
  async embedTokens() {
    const replies = await Promise.all([[1, 2], [[1], [2, 3]], "a"].map((input) => client.embeddings.create({ model, input })));
    return { counts: replies.map((reply) => reply.data.length), dimensions: replies[0].data[0].embedding.length };
  },
  async moderate() {
    const picture = await client.moderations.create({ model, input: [{ type: "text", text: "violence" }, { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } }] });
    const texts = await client.moderations.create({ model, input: ["hello", "hate"] });
    const { categories, category_scores: scores, category_applied_input_types: types } = picture.results[0];
    return { violence: categories.violence, sure: scores.violence > 0.5, types: types.violence, flagged: texts.results.map(({ flagged }) => flagged), categories: Object.keys(categories).length };
  },
  async error() {
    const kinds = { complete: () => client.completions.create({ model, prompt: "a" }), embed: () => client.embeddings.create({ model, input: "a" }), moderate: () => client.moderations.create({ model, input: "a" }) };
    const seen = {};
    for (const [name, act] of Object.entries(kinds)) seen[name] = await act().then(() => null, (e) => `${e.constructor.name} ${e.status} ${e.code}`);
    return seen;
  },
  async streamError() {
    let text = "";
    try {
      for await (const chunk of await client.completions.create({ model, prompt: "a", max_tokens: 50, stream: true })) text += chunk.choices[0]?.text ?? "";
      return { error: null };
    } catch (e) {
      return { error: e.constructor.name, some: text.length > 0 };
    }
  },
};

console.log(JSON.stringify(await scenarios[scenario]()));
// A connection that is kept alive would keep the process, too.
process.exit(0);
