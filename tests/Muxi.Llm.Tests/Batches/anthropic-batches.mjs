// Anthropic's own JavaScript client reads a batch and its results: node anthropic-batches.mjs BASE_URL. Prints what it saw as one line of JSON.
import Anthropic from "@anthropic-ai/sdk";

const [baseURL] = process.argv.slice(2);
const client = new Anthropic({ baseURL, apiKey: "any", authToken: null, maxRetries: 0, timeout: 20_000 });

const batch = await client.messages.batches.retrieve("msgbatch_1");
const results = [];
for await (const { custom_id: id, result } of await client.messages.batches.results("msgbatch_1")) {
  results.push({ id, type: result.type, text: result.message?.content[0].text ?? "", error: result.error?.error.message ?? "" });
}
console.log(JSON.stringify({ status: batch.processing_status, succeeded: batch.request_counts.succeeded, results }));
