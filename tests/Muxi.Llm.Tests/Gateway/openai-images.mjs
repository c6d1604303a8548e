// OpenAI's own JavaScript client asks a server for pictures: node openai-images.mjs BASE_URL SCENARIO MODEL. Prints what it saw as one line of JSON.
import OpenAI, { toFile } from "openai";

const [baseURL, scenario, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "any", maxRetries: 0, timeout: 20_000 });
const png = "iVBORw0KGgo";
const square = async () => {
  const made = await client.images.generate({ model: "sandbox/image", prompt: "A square", size: "64x64" });
  return toFile(Buffer.from(made.data[0].b64_json, "base64"), "square.png", { type: "image/png" });
};
const seen = (reply) => ({
  pictures: reply.data.map((image) => (image.b64_json ?? image.url).slice(0, 11)), created: reply.created > 0, size: reply.size ?? null, quality: reply.quality ?? null, format: reply.output_format ?? null,
  background: reply.background ?? null, total: reply.usage?.total_tokens ?? null,
});
const events = async (stream) => {
  const all = [];
  for await (const event of stream) all.push([event.type, event.b64_json.startsWith(png), event.partial_image_index ?? null, event.usage?.total_tokens ?? null]);
  return all;
};

const scenarios = {
  generate: async () => seen(await client.images.generate({ model, prompt: "A cat", n: 2, size: "1024x1536", quality: "low", background: "transparent", output_format: "png", output_compression: 100, moderation: "low", user: "ann" })),
  url: async () => seen(await client.images.generate({ model, prompt: "A cat", size: "256x256", response_format: "url", style: "natural" })),
  jpeg: async () => (await client.images.generate({ model, prompt: "A cat", size: "64x64", output_format: "jpeg" })).data[0].b64_json.slice(0, 4),
  generateStream: async () => events(await client.images.generate({ model, prompt: "A cat", size: "64x64", stream: true, partial_images: 2 })),
  edit: async () => seen(await client.images.edit({ model, image: await square(), prompt: "A hat", size: "1024x1024", quality: "high", input_fidelity: "high", n: 1, user: "ann" })),
  edits: async () => seen(await client.images.edit({ model, image: [await square(), await square()], mask: await square(), prompt: "A hat", size: "64x64", background: "opaque", output_format: "png" })),
  editStream: async () => events(await client.images.edit({ model, image: await square(), prompt: "A hat", size: "64x64", stream: true, partial_images: 1 })),
  vary: async () => seen(await client.images.createVariation({ model, image: await square(), n: 2, size: "256x256", response_format: "b64_json" })),
  error: async () => failure(() => client.images.generate({ model, prompt: "A cat" })),
  wrong: async () => failure(() => client.images.generate({ model, prompt: "A cat", size: "3x3" })),
  streamError: async () => failure(async () => events(await client.images.generate({ model, prompt: "A cat", size: "64x64", stream: true, partial_images: 3 }))),
};

async function failure(call) {
  try {
    return { error: null, got: await call() };
  } catch (e) {
    return { error: e.constructor.name, status: e.status ?? null, code: e.code ?? null, param: e.param ?? null };
  }
}

console.log(JSON.stringify(await scenarios[scenario]()));
