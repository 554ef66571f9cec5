/** Streams over real sockets: slow readers, clients that leave, a gateway that is stopped, and many at once. */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FakeUpstream, startFakeUpstream } from "../packages/testkit/src/fake-upstream.ts";
import { MASTER_KEY, startGateway, type TestGateway, usualConfig } from "../packages/testkit/src/gateway.ts";
import { chatChunk, chatReply, chatStream, event } from "../packages/testkit/src/wire-samples.ts";

const CHAT = "/v1/chat/completions";
const asked = { model: "fast", stream: true, messages: [{ role: "user", content: "Hi" }] };

let upstream: FakeUpstream;
let gateway: TestGateway;
beforeEach(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({ upstream });
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

/** A client that reads only when it is told to. */
function rawClient(body: object): Socket {
  const text = JSON.stringify(body);
  const socket = connect(gateway.port, "127.0.0.1");
  socket.pause();
  socket.write(
    `POST ${CHAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${MASTER_KEY}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
  return socket;
}

/** Waits for what the network brings about, but not forever. */
async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Not within 10 s: ${what}`);
    await new Promise((next) => setImmediate(next));
  }
}

async function nothingLeft(): Promise<void> {
  const { router } = gateway.gateway.house;
  for (const deployment of router.routes.deployments) expect(router.health.inFlight(deployment)).toBe(0);
}

describe("a slow reader", () => {
  /** Writes as fast as it may; counts what it could write. */
  let fast: Server;
  let written: number;
  let finished: boolean;
  let lastWrite: number;
  const total = 64 * 1024 * 1024;
  const piece = event(chatChunk({ content: "x".repeat(16_000) }));
  beforeEach(async () => {
    written = 0;
    finished = false;
    fast = createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const more = (): void => {
        while (written < total) {
          written += piece.length;
          lastWrite = performance.now();
          if (!response.write(piece)) return void response.once("drain", more);
        }
        finished = true;
        response.end(event(chatChunk({}, "stop")) + event("[DONE]"));
      };
      more();
    });
    await new Promise<void>((done) => fast.listen(0, "127.0.0.1", done));
    const { port } = fast.address() as AddressInfo;
    await gateway.close();
    gateway = await startGateway({ upstream, env: { UPSTREAM: `http://127.0.0.1:${port}/v1` } });
  });
  afterEach(() => {
    fast.closeAllConnections();
    fast.close();
  });

  async function stuck(): Promise<void> {
    await until(() => written > 0 && performance.now() - lastWrite > 300, "the provider is paused");
  }

  it("pauses the provider instead of filling our memory, and gets all of it in the end", async () => {
    const client = rawClient(asked);
    await stuck();
    expect(finished).toBe(false);
    expect(written).toBeLessThan(24 * 1024 * 1024);
    let read = 0;
    let tail = "";
    client.on("data", (bytes) => {
      read += bytes.length;
      tail = (tail + bytes.toString("latin1")).slice(-200);
      if (tail.includes("[DONE]")) client.destroy();
    });
    client.resume();
    await new Promise((resolve) => client.on("close", resolve));
    // The public name of the model is shorter than the provider's.
    expect(read).toBeGreaterThan(total * 0.99);
    expect(finished).toBe(true);
  });

  it("that leaves frees the provider, though nothing was read", async () => {
    const client = rawClient(asked);
    await stuck();
    client.destroy();
    await vanished(fast);
    expect(finished).toBe(false);
    expect(gateway.records).toMatchObject([{ status: "aborted", stream: true }]);
    await nothingLeft();
  });
});

function vanished(server: Server): Promise<void> {
  const open = (): Promise<number> =>
    new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))));
  return until(async () => (await open()) === 0, "all connections to the provider are closed");
}

describe("a client that leaves", () => {
  it.each([
    ["in the middle of a stream", asked, { pieces: [event(chatChunk({ content: "One" }))], hangsUp: "never" } as const],
    ["before a stream begins", asked, { delayMs: 30_000, pieces: chatStream("One") }],
    ["before a whole answer", { ...asked, stream: false }, { delayMs: 30_000, json: chatReply("Late") }],
  ])("%s frees the provider within 100 ms", { retry: 2 }, async (_, body, reply) => {
    upstream.script(reply);
    const leave = new AbortController();
    const response = gateway.post(CHAT, body, {}, leave.signal);
    response.catch(() => {});
    const request = await upstream.request(0);
    if ("pieces" in reply && !("delayMs" in reply)) await (await response).body?.getReader().read();
    const left = performance.now();
    leave.abort();
    expect(await request.over).toBe(true);
    expect(performance.now() - left).toBeLessThan(100);
    await until(() => gateway.records.length > 0, "the call is recorded");
    expect(gateway.records).toMatchObject([{ status: "aborted" }]);
    await nothingLeft();
  });

  it("while its body is still coming, leaves nothing behind", async () => {
    const socket = connect(gateway.port, "127.0.0.1");
    socket.write(`POST ${CHAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${MASTER_KEY}\r\nContent-Length: 500\r\n\r\n{"model":`);
    await new Promise((next) => setImmediate(next));
    socket.destroy();
    upstream.script({ json: chatReply("Hello") });
    expect((await gateway.post(CHAT, { ...asked, stream: false })).status).toBe(200);
    expect(gateway.records.length).toBe(1);
  });
});

describe("events", () => {
  it("go out as they come in, one by one", async () => {
    let next: () => void = () => {};
    const turn = (): Promise<void> =>
      new Promise((resolve) => {
        next = resolve;
      });
    const server = createServer(async (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const content of ["one", "two", "three"]) {
        response.write(event(chatChunk({ content })));
        await turn();
      }
      response.end(event(chatChunk({}, "stop")) + event("[DONE]"));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    await gateway.close();
    gateway = await startGateway({ env: { UPSTREAM: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` } });
    const reader = (await gateway.post(CHAT, asked)).body?.getReader();
    const texts: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      texts.push(new TextDecoder().decode((await reader?.read())?.value));
      next();
    }
    expect(texts.map((text) => JSON.parse(text.slice(6)).choices[0].delta.content)).toEqual(["one", "two", "three"]);
    await reader?.cancel();
    server.closeAllConnections();
    server.close();
  });

  it("survive any cut, byte by byte, also within a character", async () => {
    const whole = Buffer.from(chatStream("Grüße 🇨🇭", "日本").join(""));
    upstream.script({ pieces: [...whole].map((byte) => Buffer.from([byte])) });
    const text = await (await gateway.post(CHAT, asked)).text();
    const contents = text
      .split("\n\n")
      .filter((each) => each.startsWith("data: {"))
      .map((each) => JSON.parse(each.slice(6)).choices[0].delta.content);
    expect(contents.join("")).toBe("Grüße 🇨🇭日本");
  });
});

describe("a gateway that is stopped", () => {
  it("finishes its streams, lets nobody new in, and says that it is not ready", async () => {
    upstream.script({ pieces: [event(chatChunk({ content: "One" })), 400, event(chatChunk({ content: "Two" }, "stop")), event("[DONE]")] });
    const response = await gateway.post(CHAT, asked);
    const reader = response.body?.getReader();
    await reader?.read();
    const closed = gateway.gateway.close(10_000);
    const late = await gateway.post(CHAT, { ...asked, stream: false });
    expect([late.status, (await gateway.get("/health/readiness")).status, (await gateway.get("/health/liveliness")).status]).toEqual([
      503, 503, 200,
    ]);
    let rest = "";
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) rest += new TextDecoder().decode(read.value);
    expect(rest.endsWith("data: [DONE]\n\n")).toBe(true);
    await closed;
    expect(gateway.records).toMatchObject([{ status: "success" }]);
  });

  it("ends what is left when its patience is over", async () => {
    upstream.script({ pieces: [event(chatChunk({ content: "One" }))], hangsUp: "never" });
    const response = await gateway.post(CHAT, asked);
    const text = response.text();
    text.catch(() => {});
    const request = await upstream.request(0);
    await gateway.gateway.close(50);
    await expect(text).rejects.toThrow();
    expect(await request.over).toBe(true);
  });
});

describe("the command", () => {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-streams-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeAll(() =>
    writeFileSync(join(folder, "config.yaml"), JSON.stringify({ ...usualConfig, general_settings: { master_key: MASTER_KEY } })),
  );

  it("finishes a stream after SIGTERM and ends with 0", async () => {
    upstream.script({ pieces: [event(chatChunk({ content: "One" })), 500, event(chatChunk({ content: "Two" }, "stop")), event("[DONE]")] });
    const main = fileURLToPath(new URL("../packages/gateway/src/main.ts", import.meta.url));
    const loader = fileURLToPath(new URL("../node_modules/tsx/dist/loader.mjs", import.meta.url));
    const flags = ["--conditions=tollgate-source", "--import", loader, main, "--config", "config.yaml", "--port", "0", "--data", folder];
    const child = spawn(process.execPath, flags, {
      cwd: folder,
      env: { ...process.env, UPSTREAM: `${upstream.url}/v1` },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    let printed = "";
    const url = await new Promise<string>((resolve, reject) => {
      child.on("exit", () => reject(new Error(printed)));
      child.stdout.on("data", (bytes) => {
        printed += String(bytes);
        const found = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(printed)?.[0];
        if (found) resolve(found);
      });
    });
    const text = await new Promise<string>((resolve, reject) => {
      const request = httpRequest(
        `${url}${CHAT}`,
        { method: "POST", headers: { authorization: `Bearer ${MASTER_KEY}`, "content-type": "application/json" } },
        (response) => {
          let got = "";
          response.on("data", (bytes) => {
            if (got === "") child.kill("SIGTERM");
            got += String(bytes);
          });
          response.on("end", () => resolve(got));
          response.on("error", reject);
        },
      );
      request.on("error", reject);
      request.end(JSON.stringify(asked));
    });
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(text).toContain("Two");
    expect(await ended).toBe(0);
  });
});

describe("many at once", () => {
  it("200 slow streams come whole, each its own, and leave nothing behind", async () => {
    const server = createServer((request, response) => {
      request.resume().on("end", () => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        let count = 0;
        const timer = setInterval(() => {
          count += 1;
          if (count <= 25) return void response.write(event(chatChunk({ content: `${String(request.headers["x-who"])},` })));
          clearInterval(timer);
          response.end(event(chatChunk({}, "stop")) + event("[DONE]"));
        }, 100);
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    await gateway.close();
    gateway = await startGateway({ env: { UPSTREAM: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` } });
    const one = async (who: number): Promise<void> => {
      const response = await gateway.post(CHAT, { ...asked, extra_headers: { "x-who": String(who) } });
      const text = await response.text();
      const contents = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, content]) => content).join("");
      expect([response.status, contents]).toEqual([200, `${who},`.repeat(25)]);
      expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    };
    await Promise.all(Array.from({ length: 200 }, (_, who) => one(who)));
    expect(gateway.records.length).toBe(200);
    expect(gateway.records.every(({ status }) => status === "success")).toBe(true);
    await nothingLeft();
    await gateway.close();
    await vanished(server);
    server.close();
  });
});
