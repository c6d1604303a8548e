// Usage: node azure-calls.mjs <node_modules> <base url>
// Makes one call after the other with OpenAI's official client for Azure, in both forms of its addresses, and prints the name of each. Whether the reply can be used does not matter.
import { sdk } from './recorded.mjs';

const [modules, baseUrl] = process.argv.slice(2);
const { AzureOpenAI, OpenAI, toFile } = sdk(modules, 'openai');

const dated = new AzureOpenAI({ endpoint: baseUrl, apiKey: 'a-key', apiVersion: '2024-10-21', maxRetries: 0 });
const entra = new AzureOpenAI({ endpoint: baseUrl, azureADTokenProvider: async () => 'a-token', apiVersion: '2024-10-21', maxRetries: 0 });
const v1 = new OpenAI({ baseURL: `${baseUrl}/openai/v1/`, apiKey: 'a-key', maxRetries: 0 });

const sound = () => toFile(Buffer.from('sound'), 'a.wav', { type: 'audio/wav' });
const picture = () => toFile(Buffer.from('picture'), 'a.png', { type: 'image/png' });
const lines = () => toFile(Buffer.from('{"custom_id":"1"}\n'), 'a.jsonl', { type: 'application/jsonl' });
const messages = [{ role: 'user', content: 'Hi' }];

const calls = (client) => ({
  'chat': () => client.chat.completions.create({ model: 'dep', messages, temperature: 0.5 }),
  'stream': () => client.chat.completions.create({ model: 'dep', messages, stream: true, stream_options: { include_usage: true } }),
  'completion': () => client.completions.create({ model: 'dep', prompt: 'Once' }),
  'embeddings': () => client.embeddings.create({ model: 'dep', input: ['one', 'two'], encoding_format: 'base64' }),
  'image': () => client.images.generate({ model: 'dep', prompt: 'a cat', size: '1024x1024' }),
  'edit': async () => client.images.edit({ model: 'dep', prompt: 'a hat', image: await picture() }),
  'speech': () => client.audio.speech.create({ model: 'dep', input: 'Hello', voice: 'alloy' }),
  'transcription': async () => client.audio.transcriptions.create({ model: 'dep', file: await sound() }),
  'translation': async () => client.audio.translations.create({ model: 'dep', file: await sound() }),
  'response': () => client.responses.create({ model: 'dep', input: 'Hi' }),
  'get response': () => client.responses.retrieve('resp_1'),
  'upload': async () => client.files.create({ file: await lines(), purpose: 'batch' }),
  'files': () => client.files.list(),
  'content': () => client.files.content('file-1'),
  'delete file': () => client.files.delete('file-1'),
  'upload in parts': () => client.uploads.create({ filename: 'a.jsonl', bytes: 3, mime_type: 'application/jsonl', purpose: 'batch' }),
  'batches': () => client.batches.list(),
  'batch': () => client.batches.retrieve('batch_1'),
  'make a batch': () => client.batches.create({ input_file_id: 'file-1', endpoint: '/chat/completions', completion_window: '24h' }),
  'models': () => client.models.list(),
});

const all = [
  ...Object.entries(calls(dated)).map(([name, call]) => [`${name} dated`, call]),
  ...Object.entries(calls(v1)).map(([name, call]) => [`${name} v1`, call]),
  ['chat entra', () => entra.chat.completions.create({ model: 'dep', messages })],
];
for (const [name, call] of all) {
  try {
    await call();
  } catch {
    // What is said is enough.
  }
  console.log(JSON.stringify({ name }));
}
