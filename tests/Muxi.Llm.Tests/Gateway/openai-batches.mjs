// OpenAI's own JavaScript client against a server's batches: node openai-batches.mjs BASE_URL. Prints what it saw as one line of JSON.
import OpenAI, { toFile } from "openai";

const [baseURL] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "any", maxRetries: 0, timeout: 20_000 });
const line = (id, model) => JSON.stringify({ custom_id: id, method: "POST", url: "/v1/chat/completions", body: { model, messages: [{ role: "user", content: `I am ${id}` }] } });

const input = await client.files.create({ file: await toFile(Buffer.from([line("a", "chat"), line("b", "auth"), line("c", "chat")].join("\n")), "in.jsonl"), purpose: "batch" });
const made = await client.batches.create({ input_file_id: input.id, endpoint: "/v1/chat/completions", completion_window: "24h", metadata: { job: "nightly" } });
const states = [made.status];
let batch = made;
while (!["completed", "failed", "cancelled"].includes(batch.status)) states.push((batch = await client.batches.retrieve(made.id)).status);
const read = async (id) => (await (await client.files.content(id)).text()).trim().split("\n").map((text) => JSON.parse(text));
const output = await read(batch.output_file_id);
const errors = await read(batch.error_file_id);

const second = await client.batches.create({ input_file_id: input.id, endpoint: "/v1/chat/completions", completion_window: "24h" });
const stopping = await client.batches.cancel(second.id);
const listed = [];
for await (const one of client.batches.list({ limit: 1 })) listed.push(one.id);
const gone = await client.batches.retrieve("sandbox/none").then(() => null, (error) => `${error.constructor.name} ${error.status} ${error.param}`);
const wrong = await client.batches.create({ input_file_id: input.id, endpoint: "/v1/wishes", completion_window: "24h" }).then(() => null, (error) => `${error.constructor.name} ${error.status} ${error.param}`);

console.log(JSON.stringify({
  ids: [made.id, batch.output_file_id, batch.error_file_id].every((id) => id.startsWith("sandbox/")), input: batch.input_file_id === input.id, metadata: batch.metadata, states,
  counts: batch.request_counts, output: output.map((one) => `${one.custom_id} ${one.response.status_code}`), errors: errors.map((one) => `${one.custom_id} ${one.response.status_code} ${one.response.body.error.code}`),
  stopping: stopping.status, listed: listed.length === 2 && listed[0] === second.id && listed[1] === made.id, gone, wrong,
}));
