// OpenAI's own JavaScript client asks a server for responses: node openai-responses.mjs BASE_URL SCENARIO MODEL. Prints what it saw as one line of JSON.
import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

const [baseURL, scenario, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "any", maxRetries: 0, timeout: 20_000 });
const ask = (input, more) => ({ model, input, ...more });
const weather = {
  type: "function", name: "weather", description: "tells it", strict: true,
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false },
};
const place = z.object({ city: z.string() });
const isKept = (id) => /^[a-z]+\/resp_/.test(id);

const scenarios = {
  async create() {
    const { data, response } = await client.responses.create(ask("Hello?")).withResponse();
    return { text: data.output_text, status: data.status, kept: isKept(data.id), id: data._request_id === response.headers.get("x-request-id"), used: data.usage.total_tokens > 0 };
  },
  async stream() {
    const [types, numbers] = [[], []];
    let text = "";
    const stream = client.responses.stream(ask("Hello?"));
    stream.on("response.output_text.delta", (event) => (text += event.delta));
    for await (const event of stream) {
      if (types.at(-1) !== event.type) types.push(event.type);
      numbers.push(event.sequence_number);
    }
    const whole = await stream.finalResponse();
    const brief = types.map((type) => type.replace("response.", ""));
    return { text, same: whole.output_text === text, types: brief, ordered: numbers.every((number, at) => number === at), kept: isKept(whole.id) };
  },
  async parse() {
    const reply = await client.responses.parse(ask("Where is Paris?", { text: { format: zodTextFormat(place, "place") } }));
    const streamed = await client.responses.stream(ask("Where is Paris?", { text: { format: zodTextFormat(place, "place") } })).finalResponse();
    return { city: reply.output_parsed.city, streamed: streamed.output_parsed.city };
  },
  async tools() {
    const first = await client.responses.create(ask("Weather in Oslo?", { tools: [weather], tool_choice: "required" }));
    const call = first.output.find((item) => item.type === "function_call");
    const output = { type: "function_call_output", call_id: call.call_id, output: "18 degrees" };
    const listed = await client.responses.create(ask([{ role: "user", content: "Weather in Oslo?" }, ...first.output, output], { tools: [weather] }));
    const linked = await client.responses.create(ask([output], { tools: [weather], previous_response_id: first.id }));
    return { name: call.name, hasCity: "city" in JSON.parse(call.arguments), told: listed.output_text.includes("18 degrees"), linked: linked.output_text.includes("18 degrees"), previous: linked.previous_response_id === first.id };
  },
  async keep() {
    const made = await client.responses.create(ask([{ role: "user", content: "one" }, { role: "assistant", content: "two" }, { role: "user", content: "three" }]));
    const seen = await client.responses.retrieve(made.id);
    const items = [];
    for await (const item of client.responses.inputItems.list(made.id, { order: "asc", limit: 2 })) items.push(item.content[0].text);
    await client.responses.delete(made.id);
    return { same: seen.output_text === made.output_text && seen.id === made.id, items, gone: (await failure(() => client.responses.retrieve(made.id))).status };
  },
  async chain() {
    const first = await client.responses.create(ask("one"));
    const second = await client.responses.create(ask("two", { previous_response_id: first.id }));
    const other = await failure(() => client.responses.create(ask("two", { previous_response_id: first.id + "0" })));
    return { earlier: second.output_text.includes("earlier turns: 1 user, 1 assistant"), other: other.status };
  },
  async background() {
    let response = await client.responses.create(ask("Slowly.", { background: true }));
    const seen = [response.status];
    for (let polls = 0; polls < 20 && ["queued", "in_progress"].includes(response.status); polls++) {
      response = await client.responses.retrieve(response.id);
      if (seen.at(-1) !== response.status) seen.push(response.status);
    }
    const stopped = await client.responses.cancel((await client.responses.create(ask("Never.", { background: true }))).id);
    return { seen, text: response.output_text.length > 0, stopped: stopped.status };
  },
  async resume() {
    const [before, after] = [[], []];
    let id;
    for await (const event of await client.responses.create(ask("Slowly.", { background: true, stream: true }))) {
      id ??= event.response.id;
      before.push(event.sequence_number);
      if (before.length === 6) break;
    }
    let last;
    for await (const event of await client.responses.retrieve(id, { stream: true, starting_after: before.at(-1) })) {
      after.push(event.sequence_number);
      last = event;
    }
    const text = last.response.output.flatMap((item) => item.content ?? []).map((part) => part.text).join("");
    const helped = await client.responses.stream({ response_id: id, starting_after: 3 }).finalResponse();
    return { gapless: [...before, ...after].every((number, at) => number === at), last: last.type, same: text.length > 0 && helped.output_text === text };
  },
  async count() {
    return { tokens: (await client.responses.inputTokens.count(ask("Hello?"))).input_tokens, compacted: (await client.responses.compact(ask("Hello?"))).output.at(-1).type };
  },
  async reasoning() {
    const more = { reasoning: { effort: "high", summary: "auto" }, include: ["reasoning.encrypted_content"], store: false };
    const first = await client.responses.create(ask("Think.", more));
    const second = await client.responses.create(ask([{ role: "user", content: "Think." }, ...first.output, { role: "user", content: "More." }], more));
    return { types: first.output.map((item) => item.type), sealed: first.output[0].encrypted_content?.length > 0, again: second.output.map((item) => item.type) };
  },
  async error() {
    return failure(() => client.responses.create(ask("Hi")));
  },
  async streamError() {
    let text = "";
    const error = await failure(async () => {
      for await (const event of await client.responses.create(ask("Hi", { stream: true }))) text += event.type === "response.output_text.delta" ? event.delta : "";
    });
    return { ...error, some: text.length > 0 };
  },
};

async function failure(act) {
  try {
    await act();
    return { error: null };
  } catch (e) {
    return { error: e.constructor.name, status: e.status ?? null, code: e.code ?? null };
  }
}

console.log(JSON.stringify(await scenarios[scenario]()));
// A connection that is kept alive would keep the process, too.
process.exit(0);
