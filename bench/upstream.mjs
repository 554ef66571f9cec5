/** A mock of OpenAI, Anthropic and Bedrock on raw sockets; told by its parent how fast to stream. Usage: PORT TLS_PORT [KEY CERTIFICATE] */
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { answersWith } from "./upstream-answers.mjs";

const [port, tlsPort, keyFile, certificateFile] = process.argv.slice(2);
const settings = { intervalMs: 0, deltas: 50 };
const counts = { answers: 0, streams: 0, cut: 0, refused: 0, sockets: 0 };
const nap = new Int32Array(new SharedArrayBuffer(4));
const now = () => Number(process.hrtime.bigint() / 1000n);

/** Streams in the order in which they are due: all wait for the same interval, so new ones go to the end. */
const due = [];
let pacing = false;

/** Node's timers have a grain of 1 ms, which would bunch the events of many streams; naps of 0.1 ms keep them apart. */
function pace() {
  const time = now();
  while (due.length > 0 && due[0].at <= time) step(due.shift());
  pacing = due.length > 0;
  if (!pacing) return;
  const idle = (due[0].at - now()) / 1000;
  if (idle > 20) return setTimeout(pace, idle - 10);
  if (idle > 0) Atomics.wait(nap, 0, 0, Math.min(idle, 0.1));
  setImmediate(pace);
}

function step(stream) {
  if (stream.socket.destroyed) {
    counts.cut++;
    return;
  }
  if (stream.left === 0) return close(stream);
  stream.left--;
  stream.socket.write(stream.said.delta(now()), "latin1");
  stream.at += settings.intervalMs * 1000;
  due.push(stream);
}

function close({ socket, said, usage }) {
  for (const part of said.closing(usage)) socket.write(part, "latin1");
  counts.streams++;
}

function openStream(socket, said, usage) {
  socket.write(said.head + said.opening, "latin1");
  if (settings.intervalMs === 0) {
    for (let each = 0; each < settings.deltas; each++) socket.write(said.delta(now()), "latin1");
    return close({ socket, said, usage });
  }
  step({ socket, said, usage, left: settings.deltas, at: now() });
  if (pacing) return;
  pacing = true;
  setImmediate(pace);
}

function answer(socket, answers, head, body) {
  const path = head.slice(head.indexOf(" ") + 1, head.indexOf(" HTTP/"));
  const said = saidTo(path, answers);
  if (!said || !body.includes('"messages"') || (said === answers.anthropic && !/\r\nanthropic-version:/i.test(head))) {
    counts.refused++;
    return socket.write(answers.refusal);
  }
  if (path.endsWith("/converse-stream") || isTrue(body, '"stream"')) return openStream(socket, said, isTrue(body, '"include_usage"'));
  counts.answers++;
  socket.write(said.json);
}

function saidTo(path, answers) {
  if (path.endsWith("/chat/completions")) return answers.openai;
  if (path.endsWith("/messages")) return answers.anthropic;
  return /\/converse(-stream)?$/.test(path) ? answers.converse : undefined;
}

function isTrue(body, name) {
  const at = body.indexOf(name);
  return at >= 0 && /^\s*:\s*true/.test(body.subarray(at + name.length, at + name.length + 12).toString("latin1"));
}

/** Collects the parts of a request; clients wait for an answer before they ask again. */
function serve(socket, answers) {
  counts.sockets++;
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => counts.sockets--);
  let parts = [];
  let missing;
  let head;
  socket.on("data", (part) => {
    parts.push(part);
    if (missing !== undefined) missing -= part.length;
    else {
      const bytes = parts.length === 1 ? part : Buffer.concat(parts);
      const end = bytes.indexOf("\r\n\r\n");
      if (end < 0) return;
      head = bytes.latin1Slice(0, end);
      parts = [bytes.subarray(end + 4)];
      missing = Number(/\r\ncontent-length:\s*(\d+)/i.exec(head)?.[1] ?? Number.NaN) - parts[0].length;
    }
    const body = missing > 0 ? undefined : parts.length === 1 ? parts[0] : Buffer.concat(parts);
    const chunkedEnd = Number.isNaN(missing) && body?.subarray(-5).toString("latin1") === "0\r\n\r\n";
    if (missing > 0 || (Number.isNaN(missing) && !chunkedEnd)) return;
    parts = [];
    missing = undefined;
    answer(socket, answers, head, body);
  });
}

process.on("message", (wanted) => {
  Object.assign(settings, wanted);
  process.send({ ...counts });
});
process.on("disconnect", () => process.exit(0));
createServer((socket) => serve(socket, plain)).listen(Number(port), "127.0.0.1", 4096);
const plain = answersWith(false);
if (keyFile) {
  const many = answersWith(true);
  const options = { key: readFileSync(keyFile), cert: readFileSync(certificateFile) };
  createTlsServer(options, (socket) => serve(socket, many)).listen(Number(tlsPort), "localhost", 4096);
}
