// OpenAI's agents over a server: node openai-agents.mjs BASE_URL MODEL whole|stream. A forecaster calls a function and hands over to a writer, whose answer is typed.
// Prints what happened as one line of JSON.
import { Agent, run, setDefaultOpenAIClient, setTracingDisabled, tool } from "@openai/agents";
import OpenAI from "openai";
import { z } from "zod";

const [baseURL, model, manner] = process.argv.slice(2);
setTracingDisabled(true);
setDefaultOpenAIClient(new OpenAI({ baseURL, apiKey: "any", maxRetries: 0, timeout: 20_000 }));

const cities = [];
const weather = tool({
  name: "get_weather", description: "Tells the weather of a city.", parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => (cities.push(city), "18 degrees"),
});
// One call after another, so that the hand-over knows the weather.
const settings = { model, modelSettings: { parallelToolCalls: false } };
const writer = new Agent({ ...settings, name: "Writer", instructions: "Write the report.", outputType: z.object({ city: z.string(), degrees: z.number() }) });
const forecaster = new Agent({ ...settings, name: "Forecaster", instructions: "Find the weather, then hand over.", tools: [weather], handoffs: [writer] });

const question = "Use get weather for Paris, then transfer to Writer.";
let [raw, deltas] = [0, 0];
let result;
if (manner === "stream") {
  result = await run(forecaster, question, { stream: true });
  for await (const event of result) {
    if (event.type !== "raw_model_stream_event") continue;
    raw++;
    if (event.data.type === "output_text_delta") deltas++;
  }
  await result.completed;
} else result = await run(forecaster, question);

const { city, degrees } = result.finalOutput;
console.log(JSON.stringify({
  city, degrees: typeof degrees, asked: cities, by: result.lastAgent.name, items: result.newItems.map((item) => item.type), turns: result.rawResponses.length,
  used: result.rawResponses.every((response) => response.usage.totalTokens > 0), ...(manner === "stream" ? { streamed: raw > 0 && deltas > 0 } : {}),
}));
// A connection that is kept alive would keep the process, too.
process.exit(0);
