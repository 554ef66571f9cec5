/** The stage of a run: mock upstream and load generator on one core, a contender to start on the other, one burst at a time. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { contenderCore, here, loadCore, peers, upstreamPort, upstreamTlsPort } from "./places.mjs";
import { ask, coreBusy, cpuOf, memoryOf, quietly, start, stop } from "./processes.mjs";

const startLimitMs = 120_000;
const settleMs = 1500;
const contentEvents = 50;
const sentence = 'The quick brown fox jumps over the lazy dog while "quoting" things and writing code.\n';

export async function openStage() {
  if (!existsSync("/proc/self/stat")) throw new Error("The bench reads /proc, so it runs on Linux only.");
  const certificate = makeCertificate();
  const files = certificate ? [certificate.key, certificate.cert] : [];
  const upstream = start("upstream", ["node", here("upstream.mjs"), upstreamPort, upstreamTlsPort, ...files], {
    core: loadCore,
    channel: true,
  });
  const load = start("load", ["node", here("load.mjs")], { core: loadCore, channel: true });
  await ask(upstream, {});
  return { upstream, load, certificate, close: () => Promise.all([stop(upstream), stop(load)]) };
}

/** A certificate for localhost, made anew when the old one is about to end; without openssl there is no measure over TLS. */
function makeCertificate() {
  const [key, cert] = [peers("key.pem"), peers("cert.pem")];
  if (spawnSync("openssl", ["x509", "-in", cert, "-noout", "-checkend", "86400"]).status === 0) return { key, cert };
  const flags = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "365", "-subj", "/CN=localhost"];
  const made = spawnSync("openssl", ["req", ...flags, "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert]);
  return made.status === 0 ? { key, cert } : undefined;
}

/** Starts a contender and waits for its first right answer; says how long that took and what it weighs before any load. */
export async function startContender(stage, contender) {
  const { name, command, env, live } = contender;
  const trust = stage.certificate ? { NODE_EXTRA_CA_CERTS: stage.certificate.cert, SSL_CERT_FILE: stage.certificate.cert } : {};
  return quietly(async () => {
    const began = performance.now();
    const child = start(name, command, { core: contenderCore, env: { ...trust, ...env } });
    const until = async (ready) => {
      while (!(await ready())) {
        const waited = performance.now() - began;
        if (child.exitCode !== null || waited > startLimitMs)
          throw new Error(`${name} did not start: ${readFileSync(peers(`${name}.log`), "utf8").slice(-800)}`);
        await sleep(5);
      }
      return Math.round(performance.now() - began);
    };
    const liveMs = live ? await until(() => answers(`http://127.0.0.1:${contender.routes.chat.port}${live}`)) : undefined;
    await contender.prepare?.();
    const startMs = await until(() => isRight(contender.routes.chat, false));
    await sleep(settleMs);
    return { ...contender, child, birth: { liveMs, startMs, idleMB: memoryOf(child) } };
  });
}

const answers = (url) =>
  fetch(url).then(
    async (response) => (await response.text()) !== "" && response.ok,
    () => false,
  );

/** One call by hand: the mock's own text in a JSON answer, every content event in a stream. */
export async function isRight(route, stream) {
  const { url, headers, body } = call(route, { stream, size: 1024 });
  const text = await fetch(url, { method: "POST", headers, body }).then(
    (response) => (response.ok ? response.text() : ""),
    () => "",
  );
  return stream ? text.split("lazy @").length - 1 === contentEvents : text.includes("quick brown fox");
}

export function call({ port, path, model, headers }, { stream, size }) {
  const filler = sentence.repeat(Math.max(1, Math.floor((size - 350) / (sentence.length + 4))));
  const messages = [
    { role: "system", content: "You are a helpful assistant." },
    { role: "user", content: filler },
  ];
  const body = JSON.stringify({ model, messages, max_tokens: 512, temperature: 0.7, ...(stream && { stream }) });
  return { url: `http://127.0.0.1:${port}${path}`, headers: { "content-type": "application/json", ...headers }, body };
}

/** The same call as raw bytes. */
function rawCall(route, shape) {
  const { headers, body } = call(route, shape);
  const fields = Object.entries({ host: `127.0.0.1:${route.port}`, ...headers, "content-length": body.length });
  return `POST ${route.path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}`).join("\r\n")}\r\n\r\n${body}`;
}

/**
 * Drives one contender (or, without a child, the mock itself) for some seconds, under the lock.
 * `foreign` is the share of the contender's core that others used meanwhile.
 */
export async function burst(stage, { child, routes }, shape) {
  const { route, stream = false, size = 1024, deltas = contentEvents, intervalMs = 0, ...rest } = shape;
  const job = {
    requests: Infinity,
    ...rest,
    port: routes[route].port,
    request: rawCall(routes[route], { stream, size }),
    marks: stream ? deltas : 0,
  };
  return quietly(async () => {
    await ask(stage.upstream, { intervalMs, deltas });
    const before = { time: performance.now(), busy: coreBusy(), cpu: child ? cpuOf(child) : 0 };
    const result = await ask(stage.load, { ...job, requests: Math.min(job.requests, 1e9) });
    const cpu = child ? cpuOf(child) - before.cpu : 0;
    const foreign = Math.max(0, (coreBusy() - before.busy - cpu) / 1000 / (performance.now() - before.time));
    return { ...result, cpuUs: child && result.requests > 0 ? cpu / result.requests : undefined, foreign };
  });
}
