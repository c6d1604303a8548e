// OpenAI's own JavaScript client against a server: node openai-client.mjs BASE_URL SCENARIO MODEL. Prints what it saw as one line of JSON.
import OpenAI from "openai";

const [baseURL, scenario, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "any", maxRetries: 0, timeout: 20_000 });
const ask = (content) => ({ model, messages: [{ role: "user", content }] });
const city = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
const weather = { type: "function", function: { name: "weather", description: "tells it", parameters: city, strict: true } };

const scenarios = {
  async whole() {
    const { data, response } = await client.chat.completions.create(ask("Hello?")).withResponse();
    const { content } = data.choices[0].message;
    return { content, finish: data.choices[0].finish_reason, total: data.usage.total_tokens, id: data._request_id === response.headers.get("x-request-id") };
  },
  async stream() {
    let [content, finish, usage, chunks] = ["", null, null, 0];
    for await (const chunk of await client.chat.completions.create({ ...ask("Hello?"), stream: true, stream_options: { include_usage: true } })) {
      content += chunk.choices[0]?.delta?.content ?? "";
      finish = chunk.choices[0]?.finish_reason ?? finish;
      usage = chunk.usage ?? usage;
      chunks++;
    }
    return { content, finish, total: usage.total_tokens, several: chunks > 3 };
  },
  async helper() {
    const whole = await client.chat.completions.stream(ask("Hello?")).finalChatCompletion();
    return { content: whole.choices[0].message.content, finish: whole.choices[0].finish_reason };
  },
  async tools() {
    const first = await client.chat.completions.create({ ...ask("Weather in Oslo?"), tools: [weather], tool_choice: "required" });
    const call = first.choices[0].message.tool_calls[0];
    const messages = [...ask("Weather in Oslo?").messages, first.choices[0].message, { role: "tool", tool_call_id: call.id, content: "18 degrees" }];
    const second = await client.chat.completions.create({ model, messages, tools: [weather] });
    return { finish: first.choices[0].finish_reason, name: call.function.name, hasCity: "city" in JSON.parse(call.function.arguments), last: second.choices[0].finish_reason, told: second.choices[0].message.content.includes("18 degrees") };
  },
  async loop() {
    let calls = 0;
    const run = { ...weather, function: { ...weather.function, parse: JSON.parse, function: ({ city }) => (calls++, typeof city === "string" ? "18 degrees" : "no city") } };
    const runner = client.chat.completions.runTools({ ...ask("Weather in Oslo?"), tools: [run] });
    return { told: (await runner.finalContent()).includes("18 degrees"), calls };
  },
  async parse() {
    const reply = await client.chat.completions.parse({ ...ask("Where?"), response_format: { type: "json_schema", json_schema: { name: "place", strict: true, schema: city } } });
    return { type: typeof reply.choices[0].message.parsed.city };
  },
  async vision() {
    const reply = await client.chat.completions.create(ask([{ type: "text", text: "What?" }, { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } }]));
    return { seen: reply.choices[0].message.content.includes("image/png") };
  },
  async error() {
    return failure(() => client.chat.completions.create(ask("Hi")));
  },
  async streamError() {
    let content = "";
    const error = await failure(async () => {
      for await (const chunk of await client.chat.completions.create({ ...ask("Hi"), stream: true })) content += chunk.choices[0]?.delta?.content ?? "";
    });
    return { ...error, some: content.length > 0 };
  },
  async abort() {
    const stream = await client.chat.completions.create({ ...ask("Hi"), stream: true });
    let content = "";
    for await (const chunk of stream) {
      content += chunk.choices[0]?.delta?.content ?? "";
      if (content) stream.controller.abort();
    }
    return { content };
  },
  async models() {
    const ids = [];
    for await (const listed of client.models.list()) ids.push(listed.id);
    return { listed: ids.includes(model), one: (await client.models.retrieve(model)).id };
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
