// Usage: node gemini-requests.mjs <node_modules> <server>
// Makes calls with the official SDK, one for each of ours in GeminiRequestTests.cs, and prints their names in order: the server sees the bodies.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [modules, baseUrl] = process.argv.slice(2);
const { GoogleGenAI } = createRequire(join(modules, 'anchor.js'))('@google/genai');
const client = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl } });

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const weather = {
  name: 'get_weather',
  description: 'The weather of a city',
  parametersJsonSchema: { type: 'object', properties: { city: { type: 'string', description: 'Where' } }, required: ['city'], additionalProperties: false },
};
const user = (...parts) => ({ role: 'user', parts: parts.map((part) => (typeof part === 'string' ? { text: part } : part)) });
const model = (...parts) => ({ role: 'model', parts: parts.map((part) => (typeof part === 'string' ? { text: part } : part)) });
const call = (id, city, thoughtSignature) => ({ functionCall: { id, name: 'get_weather', args: { city } }, ...(thoughtSignature ? { thoughtSignature } : {}) });
const result = (id, response) => ({ functionResponse: { id, name: 'get_weather', response } });

const calls = {
  hello: { contents: 'Hi' },
  conversation: { contents: [user('Hi'), model('Hello!'), user('And now?')] },
  instructions: { contents: 'Hi', config: { systemInstruction: 'Be brief.', maxOutputTokens: 100 } },
  sampling: {
    model: 'gemini-2.5-flash', contents: 'Hi',
    config: { temperature: 0.5, topP: 0.9, topK: 40, presencePenalty: 0.25, frequencyPenalty: -0.5, seed: 7, stopSequences: ['END', '\n\n'], candidateCount: 2, maxOutputTokens: 64 },
  },
  tools: { contents: 'Weather in Oslo?', config: { tools: [{ functionDeclarations: [weather, { name: 'now' }] }] } },
  'a tool that must be called': {
    contents: 'Weather?', config: { tools: [{ functionDeclarations: [weather] }], toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['get_weather'] } } },
  },
  'no tool may be called': { contents: 'Weather?', config: { tools: [{ functionDeclarations: [weather] }], toolConfig: { functionCallingConfig: { mode: 'NONE' } } } },
  'a round of calls': {
    contents: [user('Weather?'), model('Looking.', call('c1', 'Oslo', 'c2lnbmVk+/=='), call('c2', 'Rome')), user(result('c1', { result: '3 degrees' }), result('c2', { celsius: 20 }))],
    config: { tools: [{ functionDeclarations: [weather] }] },
  },
  'a call that failed': { contents: [user('Weather?'), model(call('c1', 'Oslo', 'c2ln')), user(result('c1', { error: 'no such city' }))] },
  'a picture in a result': {
    contents: [user('Weather?'), model(call('c1', 'Oslo', 'c2ln')), user({ functionResponse: { id: 'c1', name: 'get_weather', response: { result: 'Look:' }, parts: [{ inlineData: { mimeType: 'image/png', data: png } }] } })],
  },
  'an answer after a schema': { contents: 'A person?', config: { responseMimeType: 'application/json', responseJsonSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } } },
  'an answer in JSON': { contents: 'JSON please', config: { responseMimeType: 'application/json' } },
  'thinking by a budget': { model: 'gemini-2.5-flash', contents: 'Think.', config: { thinkingConfig: { includeThoughts: true, thinkingBudget: 8192 } } },
  'no thinking': { model: 'gemini-2.5-flash', contents: 'Quick!', config: { thinkingConfig: { thinkingBudget: 0 } } },
  'thinking by a level': { contents: 'Think.', config: { thinkingConfig: { includeThoughts: true, thinkingLevel: 'HIGH' } } },
  'signed parts go back': { contents: [user('Hi'), model({ text: 'Hm.', thought: true }, { text: 'Hello!', thoughtSignature: 'c2lnbmVk' }, { text: '', thoughtSignature: 'bW9yZQ==' }), user('Go on.')] },
  'code goes back': {
    contents: [user('Sum?'), model({ executableCode: { language: 'PYTHON', code: 'print(1+1)' } }, { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '2\n' } }, 'It is 2.'), user('Sure?')],
    config: { tools: [{ codeExecution: {} }] },
  },
  'pictures, sound, documents': {
    contents: [user('Look', { inlineData: { mimeType: 'image/png', data: png } }, { fileData: { fileUri: 'https://example.org/cat.jpg', mimeType: 'image/jpeg' } }, { inlineData: { mimeType: 'audio/wav', data: 'UklGRg==' } }, { inlineData: { mimeType: 'application/pdf', data: 'JVBERi0=' } })],
  },
  'an uploaded file': { contents: [user('Read', { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc', mimeType: 'application/pdf' } })] },
  'tools of the service': { contents: 'News?', config: { tools: [{ googleSearch: {} }, { urlContext: {} }] } },
  'likely tokens': { model: 'gemini-2.5-flash', contents: 'Hi', config: { responseLogprobs: true, logprobs: 3 } },
  'a spoken answer': { model: 'gemini-2.5-flash-preview-tts', contents: 'Say hi', config: { responseModalities: ['AUDIO'], speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } } } },
  'an answer with a picture': { model: 'gemini-3-pro-image', contents: 'Draw', config: { responseModalities: ['TEXT', 'IMAGE'], imageConfig: { aspectRatio: '16:9', imageSize: '2K' } } },
  'safety, cache, tier': {
    contents: 'Hi', config: { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }], cachedContent: 'cachedContents/abc', serviceTier: 'flex', store: false },
  },
};

for (const [name, { model = 'gemini-3.8-flash', ...request }] of Object.entries(calls)) {
  await client.models.generateContent({ model, ...request });
  console.log(name);
}
for await (const _ of await client.models.generateContentStream({ model: 'gemini-3.8-flash', contents: 'Hi' }));
console.log('a stream');
await client.models.countTokens({ model: 'gemini-3.8-flash', contents: 'Hi' });
console.log('a count of tokens');
