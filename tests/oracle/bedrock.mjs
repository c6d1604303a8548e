// Usage: node bedrock.mjs <recorded.jsonl>
// A naive reader of what Amazon Bedrock answers, after its API reference: frames are cut and checked, texts joined, nothing else.
import { crc32 } from 'node:zlib';
import { records } from './recorded.mjs';

for await (const record of records(process.argv[2])) if (record.provider === 'bedrock') console.log(JSON.stringify({ id: record.id, ...read(record) }));

function read({ request, endpoint, response: { status, headers, body_base64, body_text } }) {
  let body = Buffer.from(body_base64 ?? body_text ?? '', body_base64 != null ? 'base64' : 'utf8');
  if (body.toString('latin1', 0, 4) === 'AAAA') body = Buffer.from(body.toString('latin1'), 'base64');
  const { message, Message } = status >= 400 ? JSON.parse(body) : {};
  if (status >= 400) return { error: { status, type: (headers['x-amzn-errortype'] ?? headers['x-amzn-ErrorType'] ?? '').split(':')[0] || null, message: message ?? Message } };
  if (body[0] === 0) {
    const events = frames(body);
    return endpoint === 'invoke-stream' ? messages(events.map(([, data]) => JSON.parse(Buffer.from(data.bytes, 'base64')))) : converse(events);
  }
  if (endpoint === 'converse-stream') return converse(body.toString().trim().split('\n').map((line) => Object.entries(JSON.parse(line))[0]));
  const reply = JSON.parse(body);
  if (endpoint === 'invoke') return reply.type === 'message' ? { streamed: false, content: reply.content, stop: reply.stop_reason, usage: reply.usage, model: reply.model } : { raw: true, embedding: reply.embedding };
  return endpoint === 'converse' ? { streamed: false, content: reply.output.message.content, stop: reply.stopReason, usage: reply.usage, metrics: reply.metrics, trace: reply.trace } : { raw: true };
}

function frames(body) {
  const all = [];
  for (let at = 0; at < body.length; ) {
    const [total, names] = [body.readUInt32BE(at), body.readUInt32BE(at + 4)];
    if (crc32(body.subarray(at, at + 8)) !== body.readUInt32BE(at + 8) || crc32(body.subarray(at, at + total - 4)) !== body.readUInt32BE(at + total - 4)) throw new Error('a damaged frame');
    const headers = {};
    for (let i = at + 12; i < at + 12 + names; ) {
      const name = body.toString('utf8', i + 1, (i += 1 + body[i]));
      const length = body.readUInt16BE(i + 1);
      headers[name] = body.toString('utf8', i + 3, (i += 3 + length));
    }
    all.push([headers[':event-type'], JSON.parse(body.subarray(at + 12 + names, at + total - 4))]);
    at += total;
  }
  return all;
}

function converse(events) {
  const [blocks, all] = [{}, { streamed: true }];
  for (const [type, e] of events) {
    const block = e.contentBlockIndex == null ? null : (blocks[e.contentBlockIndex] ??= {});
    if (type === 'contentBlockStart' && e.start.toolUse) block.toolUse = { ...e.start.toolUse, input: '' };
    if (type === 'contentBlockDelta' && e.delta.toolUse) block.toolUse.input += e.delta.toolUse.input;
    if (type === 'contentBlockDelta' && e.delta.citation) (block.citations ??= []).push(e.delta.citation);
    if (type === 'contentBlockDelta' && e.delta.text != null) block.text = (block.text ?? '') + e.delta.text;
    if (type === 'contentBlockDelta' && e.delta.reasoningContent) for (const [name, text] of Object.entries(e.delta.reasoningContent)) ((block.reasoningContent ??= { reasoningText: { text: '' } }).reasoningText)[name] = (block.reasoningContent.reasoningText[name] ?? '') + text;
    if (type === 'messageStop') all.stop = e.stopReason;
    if (type === 'metadata') Object.assign(all, { usage: e.usage, metrics: e.metrics, trace: e.trace });
  }
  for (const block of Object.values(blocks)) if (block.toolUse) block.toolUse.input = JSON.parse(block.toolUse.input || '{}');
  return { ...all, content: Object.values(blocks) };
}

function messages(events) {
  if (events[0]?.type !== 'message_start') return { raw: true };
  const [content, start] = [[], events[0].message];
  for (const e of events) {
    if (e.type === 'content_block_start') content[e.index] = { ...e.content_block, partial: '' };
    if (e.type === 'content_block_delta') for (const [name, text] of Object.entries(e.delta)) if (name !== 'type') content[e.index][name === 'partial_json' ? 'partial' : name] += text;
  }
  for (const block of content) if (block.type === 'tool_use') block.input = JSON.parse(block.partial || '{}');
  const [end, last] = [events.find((e) => e.type === 'message_delta'), events.at(-1)];
  return { streamed: true, content, stop: end.delta.stop_reason, usage: { ...start.usage, ...end.usage }, model: start.model, metrics: last['amazon-bedrock-invocationMetrics'] };
}
