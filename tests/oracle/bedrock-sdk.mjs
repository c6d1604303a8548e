// Usage: node bedrock-sdk.mjs <node_modules> <endpoint> <calls.json>
// Makes each call with the official AWS SDK, signed with fixed keys. Bytes stand in the file as {"$bytes":"BASE64"}. What comes back is of no interest.
import { readFileSync } from 'node:fs';
import { sdk } from './recorded.mjs';

const [modules, endpoint, file] = process.argv.slice(2);
const { BedrockRuntimeClient, ...commands } = sdk(modules, '@aws-sdk/client-bedrock-runtime');
// Its own handler speaks HTTP/2 alone, which a server without TLS does not.
const { NodeHttpHandler } = sdk(modules, '@smithy/node-http-handler');
const client = new BedrockRuntimeClient({
  requestHandler: new NodeHttpHandler(), endpoint, region: 'us-east-1', maxAttempts: 1, authSchemePreference: ['aws.auth#sigv4'],
  credentials: { accessKeyId: 'AKIATEST0123456789AB', secretAccessKey: 'secret-0123456789-abcdefghijklmnopqrstuvwxyz', sessionToken: 'session-token-0123456789' },
});

for (const { name, command, input } of JSON.parse(readFileSync(file, 'utf8'), bytes)) {
  try {
    const reply = await client.send(new commands[`${command}Command`](input));
    if (reply.stream) for await (const _ of reply.stream);
    console.log(JSON.stringify({ name, error: null }));
  } catch (error) {
    console.log(JSON.stringify({ name, error: `${error.name}: ${error.message}` }));
  }
}

function bytes(_, value) {
  return value?.$bytes == null ? value : Buffer.from(value.$bytes, 'base64');
}
