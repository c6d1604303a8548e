// What the oracles that run an official SDK share: the recordings, and a fetch that answers with one of them.
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

export const sdk = (modules, name) => createRequire(join(modules, 'anchor.js'))(name);

export async function* records(file) {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line) yield JSON.parse(line);
  }
}

// The recorded body, whether it is a stream, and a fetch that gives it.
export function recorded(response) {
  const body = plainBody(response);
  const streamed = /^data:/m.test(body.toString('latin1')) && body[0] !== 0x7b;
  return { streamed, fetch: async () => replay(response, body, streamed) };
}

function plainBody({ body_base64: base64, body_text: text, headers }) {
  if (base64 == null) return Buffer.from(text ?? '', 'utf8');
  const bytes = Buffer.from(base64, 'base64');
  return headers['content-encoding'] === 'br' ? brotliDecompressSync(bytes) : bytes;
}

// A real fetch has decoded the body by now. Some records lost their headers; the SDK reads JSON only when the type says so.
function replay({ status, headers }, body, streamed) {
  const kept = new Headers({ 'content-type': streamed ? 'text/event-stream' : 'application/json' });
  for (const [name, value] of Object.entries(headers)) {
    if (!/^(content-length|content-encoding|transfer-encoding|connection)$/i.test(name)) kept.set(name, value);
  }
  return new Response(body, { status, headers: kept });
}
