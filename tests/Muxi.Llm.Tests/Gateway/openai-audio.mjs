// OpenAI's own JavaScript client asks a server for sound and of sound: node openai-audio.mjs BASE_URL SCENARIO. Prints what it saw as one line of JSON.
import OpenAI, { toFile } from "openai";

const [baseURL, scenario] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "any", maxRetries: 0, timeout: 20_000 });
const text = "Good day. How are you?";
const speak = async (more) => Buffer.from(await (await client.audio.speech.create({ model: "sandbox/s", voice: "coral", input: text, response_format: "wav", ...more })).arrayBuffer());
const file = async () => toFile(await speak({}), "talk.wav");
const transcribe = async (more) => client.audio.transcriptions.create({ model: "sandbox/t", file: await file(), ...more });
const translate = async (more) => client.audio.translations.create({ model: "sandbox/t", file: await file(), ...more });

const scenarios = {
  async speech() {
    const seen = {};
    for (const response_format of ["mp3", "opus", "aac", "flac", "wav", "pcm"]) {
      const reply = await client.audio.speech.create({ model: "sandbox/s", voice: { id: "voice_1" }, input: "Hi", instructions: "softly", speed: 0.5, response_format });
      seen[response_format] = `${reply.headers.get("content-type")} ${(await reply.arrayBuffer()).byteLength > 0}`;
    }
    return seen;
  },
  async speechEvents() {
    const reply = await client.audio.speech.create({ model: "sandbox/s", voice: "coral", input: text, response_format: "wav", stream_format: "sse" });
    const events = (await reply.text()).split("\n\n").filter(Boolean).map((one) => JSON.parse(one.slice("data: ".length)));
    const sound = Buffer.concat(events.filter((one) => one.type === "speech.audio.delta").map((one) => Buffer.from(one.audio, "base64")));
    return { same: sound.equals(await speak({})), last: events.at(-1).type, sum: events.at(-1).usage.total_tokens === events.at(-1).usage.input_tokens + events.at(-1).usage.output_tokens };
  },
  async json() {
    const reply = await transcribe({ language: "en", prompt: "Hello", temperature: 0.5, include: ["logprobs"], chunking_strategy: "auto" });
    return { text: reply.text, logprobs: reply.logprobs.map((one) => one.token).join("") === text, usage: reply.usage.type };
  },
  async verbose() {
    const reply = await transcribe({ response_format: "verbose_json", timestamp_granularities: ["word", "segment"], chunking_strategy: { type: "server_vad", threshold: 0.5 } });
    const tiles = reply.words.every((word, i) => i === 0 || word.start === reply.words[i - 1].end);
    return { text: reply.text, language: reply.language, words: reply.words.length, segments: reply.segments.length, tiles, whole: reply.words.at(-1).end === reply.duration };
  },
  async diarized() {
    const reply = await transcribe({ response_format: "diarized_json", known_speaker_names: ["ann", "bob"], known_speaker_references: ["data:audio/wav;base64,AAAA", "data:audio/wav;base64,AAAA"] });
    return { text: reply.text, speakers: reply.segments.map((one) => one.speaker) };
  },
  async texts() {
    return { text: await transcribe({ response_format: "text" }), srt: (await transcribe({ response_format: "srt" })).split("\n")[2], vtt: (await transcribe({ response_format: "vtt" })).split("\n")[3] };
  },
  async stream() {
    let [said, events, done] = ["", 0, null];
    for await (const one of await transcribe({ stream: true, include: ["logprobs"] })) {
      events++;
      if (one.type === "transcript.text.delta") said += one.delta;
      if (one.type === "transcript.text.done") done = one;
    }
    const whole = await transcribe({});
    return { said, done: done.text, several: events > 5, usage: done.usage.total_tokens === whole.usage.total_tokens };
  },
  async streamDiarized() {
    const segments = [];
    for await (const one of await transcribe({ stream: true, response_format: "diarized_json" })) if (one.type === "transcript.text.segment") segments.push(one.speaker + ": " + one.text);
    return segments;
  },
  async translation() {
    return { json: (await translate({ prompt: "Hello", temperature: 0 })).text.endsWith(text), verbose: (await translate({ response_format: "verbose_json" })).language, vtt: (await translate({ response_format: "vtt" })).startsWith("WEBVTT") };
  },
  async errors() {
    return [
      await failure(() => transcribe({ model: "sandbox/rate-limit" })), await failure(() => transcribe({ model: "nobody/m" })), await failure(async () => client.audio.transcriptions.create({ model: "sandbox/t", file: await toFile(Buffer.from("words"), "a.wav") })),
      await failure(() => speak({ speed: 9 })), await failure(() => translate({ model: "sandbox/auth" })),
    ];
  },
};

async function failure(call) {
  try {
    await call();
    return "none";
  } catch (error) {
    return `${error.constructor.name} ${error.status} ${error.param}`;
  }
}

console.log(JSON.stringify(await scenarios[scenario]()));
