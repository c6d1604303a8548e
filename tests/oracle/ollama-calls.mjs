// Usage: node ollama-calls.mjs <node_modules> <server>
// Makes calls with the official SDK at a server that keeps what it is sent, one after the other, and prints their names.
import { sdk } from './recorded.mjs';

const [modules, host] = process.argv.slice(2);
const { Ollama } = sdk(modules, 'ollama');
const client = new Ollama({ host });
const model = 'qwen3:4b';
const hi = { role: 'user', content: 'Hi' };
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 1, 2, 3]);
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const weather = { type: 'function', function: { name: 'get_weather', description: 'The weather of a city', parameters: schema } };
const called = { role: 'assistant', content: 'Looking.', tool_calls: [{ function: { name: 'get_weather', arguments: { city: 'Oslo' } } }] };

const calls = {
  'chat': () => client.chat({ model, messages: [hi] }),
  'chat with instructions': () => client.chat({ model, messages: [{ role: 'system', content: 'Be brief.' }, hi] }),
  'chat streamed': () => drain(client.chat({ model, messages: [hi], stream: true })),
  'chat with options': () => client.chat({ model, messages: [hi], options: { temperature: 0.5, top_p: 0.9, seed: 42, stop: ['a', 'b'], num_predict: 7, presence_penalty: 1, frequency_penalty: -0.5 } }),
  'chat with a window': () => client.chat({ model, messages: [hi], options: { num_ctx: 8192, top_k: 40 }, keep_alive: '10m' }),
  'chat in JSON': () => client.chat({ model, messages: [hi], format: 'json' }),
  'chat after a schema': () => client.chat({ model, messages: [hi], format: schema }),
  'chat with thinking': () => client.chat({ model, messages: [hi], think: 'high' }),
  'chat without thinking': () => client.chat({ model, messages: [hi], think: false }),
  'chat with logprobs': () => client.chat({ model, messages: [hi], logprobs: true, top_logprobs: 3 }),
  'chat with a picture': () => client.chat({ model, messages: [{ role: 'user', content: 'What is it?', images: [png] }] }),
  'chat with tools': () => client.chat({ model, messages: [hi], tools: [weather] }),
  'chat with a result': () => client.chat({ model, messages: [hi, called, { role: 'tool', content: '3 C', tool_name: 'get_weather' }], tools: [weather] }),
  'chat after thinking': () => client.chat({ model, messages: [hi, { role: 'assistant', content: 'Hello!', thinking: 'A greeting.' }, { role: 'user', content: 'Bye' }] }),
  'generate': () => client.generate({ model, prompt: 'Once' }),
  'generate streamed': () => drain(client.generate({ model, prompt: 'Once', stream: true })),
  'generate between': () => client.generate({ model, prompt: 'def f(', suffix: 'return x', options: { num_predict: 20, temperature: 0 } }),
  'generate raw': () => client.generate({ model, prompt: 'Once', raw: true, keep_alive: 0, options: { seed: 1, stop: ['.'] } }),
  'generate with context': () => client.generate({ model, prompt: 'Once', system: 'Tell tales.', template: '{{ .Prompt }}', context: [1, 2, 3] }),
  'embed': () => client.embed({ model, input: 'one' }),
  'embed several': () => client.embed({ model, input: ['one', 'two'], dimensions: 256, truncate: false }),
  'list': () => client.list(),
  'show': () => client.show({ model }),
  'ps': () => client.ps(),
  'version': () => client.version(),
  'delete': () => client.delete({ model }),
  'pull': () => drain(client.pull({ model, stream: true })),
};

async function drain(stream) {
  for await (const _ of await stream);
}

for (const [name, call] of Object.entries(calls)) {
  await call();
  console.log(JSON.stringify({ name }));
}
