// OpenAI's own JavaScript client against a server's files: node openai-files.mjs BASE_URL. Prints what it saw as one line of JSON.
import OpenAI, { toFile } from "openai";

const [baseURL] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "any", maxRetries: 0, timeout: 20_000 });
const text = "hé\r\nllo 🦙";

const files = [];
for (const name of ["a.txt", "b \"q\".txt", "日本.txt"]) {
  files.push(await client.files.create({ file: await toFile(Buffer.from(text + name), name), purpose: "user_data", expires_after: { anchor: "created_at", seconds: 3600 } }));
}
const names = [];
for await (const file of client.files.list({ limit: 1, order: "asc", purpose: "user_data" })) names.push(file.filename);
const first = await client.files.list({ limit: 2, after: files[2].id });
const told = await client.files.retrieve(files[1].id);
const content = Buffer.from(await (await client.files.content(files[2].id)).arrayBuffer()).toString();
const ready = await client.files.waitForProcessing(files[0].id);
const deleted = await client.files.delete(files[0].id);
const gone = await client.files.retrieve(files[0].id).then(() => null, (error) => `${error.constructor.name} ${error.status} ${error.param}`);
const wrong = await client.files.create({ file: await toFile(Buffer.from("x"), "x"), purpose: "nonsense" }).then(() => null, (error) => `${error.constructor.name} ${error.status} ${error.param}`);

const upload = await client.uploads.create({ filename: "p.txt", purpose: "assistants", bytes: 6, mime_type: "text/plain" });
const second = await client.uploads.parts.create(upload.id, { data: await toFile(Buffer.from("def"), "part") });
const begin = await client.uploads.parts.create(upload.id, { data: await toFile(Buffer.from("abc"), "part") });
const done = await client.uploads.complete(upload.id, { part_ids: [begin.id, second.id], md5: "e80b5017098950fc58aad83c8c14978e" });
const whole = await (await client.files.content(done.file.id)).text();
const cancelled = await client.uploads.cancel((await client.uploads.create({ filename: "q.txt", purpose: "assistants", bytes: 1, mime_type: "text/plain" })).id);

const seen = { ids: files.every((file) => file.id.startsWith("sandbox/file-")), expires: files[0].expires_at - files[0].created_at, names, behind: first.data.map((file) => file.filename), told: told.filename, same: content === text + "日本.txt", ready: ready.status, deleted: deleted.deleted, gone, wrong, whole, status: [upload.status, done.status, cancelled.status] };
console.log(JSON.stringify(seen));
