// Usage: node google-calls.mjs <node_modules> <base url> <a text file to upload>
// Makes one call after the other with Google's official SDK against a server, and prints for each its name and what the SDK made of the reply.
import { readFileSync } from 'node:fs';
import { sdk } from './recorded.mjs';

const [modules, baseUrl, file] = process.argv.slice(2);
const { GoogleGenAI } = sdk(modules, '@google/genai');
const { OAuth2Client } = sdk(modules, 'google-auth-library');

const gemini = new GoogleGenAI({ apiKey: 'a-key', httpOptions: { baseUrl, apiVersion: 'v1beta' } });
const authClient = new OAuth2Client();
authClient.setCredentials({ access_token: 'a-token', expiry_date: 4e12 });
const vertex = new GoogleGenAI({ vertexai: true, project: 'p', location: 'global', httpOptions: { baseUrl, apiVersion: 'v1' }, googleAuthOptions: { authClient } });

const png = 'iVBORw0KGgo=';
const user = (...parts) => [{ parts, role: 'user' }];
const speech = (config, text, beside = {}) => ({ model: 'tts', contents: user({ text, ...beside }), config: { responseModalities: ['AUDIO'], speechConfig: config } });
const voice = (voiceName) => ({ voiceConfig: { prebuiltVoiceConfig: { voiceName } } });

const calls = {
  'embed one': () => gemini.models.embedContent({ model: 'e', contents: 'one' }),
  'embed three with options': () => gemini.models.embedContent({ model: 'e', contents: ['one', 'two', 'three'], config: { taskType: 'RETRIEVAL_DOCUMENT', title: 'T', outputDimensionality: 3 } }),
  'embed at vertex': () => vertex.models.embedContent({ model: 'text-embedding-005', contents: ['one', 'two'], config: { taskType: 'RETRIEVAL_QUERY', title: 'T', outputDimensionality: 3, autoTruncate: false } }),
  'embed content at vertex': () => vertex.models.embedContent({ model: 'gemini-embedding-2', contents: 'one', config: { taskType: 'RETRIEVAL_QUERY', outputDimensionality: 3 } }),
  'list models': async () => { const page = await gemini.models.list({ config: { pageSize: 1000, queryBase: true } }); return page.page; },
  'get model': () => gemini.models.get({ model: 'gemini-2.5-flash' }),
  'get model at vertex': () => vertex.models.get({ model: 'gemini-2.5-flash' }),
  'upload file': () => gemini.files.upload({ file, config: { mimeType: 'text/plain', displayName: 'a.txt' } }),
  'list files': async () => { const page = await gemini.files.list({ config: { pageSize: 2, pageToken: 't' } }); return page.page; },
  'get file': () => gemini.files.get({ name: 'files/abc' }),
  'delete file': () => gemini.files.delete({ name: 'files/abc' }),
  'picture': () => gemini.models.generateContent({ model: 'image', contents: user({ text: 'a cat' }), config: { responseModalities: ['IMAGE'], imageConfig: { aspectRatio: '3:2', imageSize: '2K' } } }),
  'picture at vertex': () => vertex.models.generateContent({ model: 'image', contents: user({ text: 'a cat' }), config: { responseModalities: ['IMAGE'], imageConfig: { aspectRatio: '1:1', outputMimeType: 'image/jpeg', outputCompressionQuality: 80 } } }),
  'picture of pictures': () => gemini.models.generateContent({ model: 'image', contents: user({ text: 'a hat on it' }, { inlineData: { mimeType: 'image/png', data: png } }, { inlineData: { mimeType: 'image/png', data: png } }), config: { responseModalities: ['IMAGE'] } }),
  'imagen': () => vertex.models.generateImages({ model: 'imagen-4.0-generate-001', prompt: 'a cat', config: { numberOfImages: 2, aspectRatio: '16:9', imageSize: '2K', negativePrompt: 'dogs', personGeneration: 'DONT_ALLOW', outputMimeType: 'image/jpeg', outputCompressionQuality: 80, labels: { team: 'a' } } }),
  'speech': () => gemini.models.generateContentStream(speech(voice('Kore'), 'Hello')).then(all),
  'speech in a language': () => gemini.models.generateContentStream(speech({ ...voice('Puck'), languageCode: 'de-DE' }, 'Hello', { speechMetadata: { style: 'Say cheerfully' } })).then(all),
  'speech of two': () => gemini.models.generateContentStream(speech({ multiSpeakerVoiceConfig: { speakerVoiceConfigs: [{ speaker: 'Joe', ...voice('Kore') }, { speaker: 'Jane', ...voice('Puck') }] } }, 'Joe: Hi\nJane: Hi')).then(all),
};

async function all(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

for (const [name, call] of Object.entries(calls)) {
  const value = await call();
  console.log(JSON.stringify({ name, value }));
}
