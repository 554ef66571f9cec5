import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import type { GatewayError } from "../errors.ts";
import { createTransport } from "./pool.ts";
import { get, type Local, serve, textOf, until } from "./test-servers.ts";

const transport = createTransport();
const servers: Local[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function answering(encoding: string, ...pieces: readonly Buffer[]): Promise<Local> {
  const server = await serve((_, response) => {
    response.setHeader("content-encoding", encoding);
    for (const piece of pieces) response.write(piece);
    response.end();
  });
  servers.push(server);
  return server;
}

async function poured(origin: string, wants = (): boolean => true): Promise<{ text: string; error: GatewayError | undefined }> {
  const reply = await get(transport, origin);
  return new Promise((done) => {
    let text = "";
    const flow = reply.pour({
      data(bytes) {
        text += bytes.toString();
        const wanted = wants();
        if (!wanted) setImmediate(() => flow.resume());
        return wanted;
      },
      end: (error) => done({ text, error }),
    });
  });
}

const words = "all work and no play ".repeat(5000);
const samples: readonly (readonly [string, Buffer])[] = [
  ["gzip", gzipSync(words)],
  ["GZIP", gzipSync(words)],
  ["br", brotliCompressSync(words)],
  ["deflate", deflateSync(words)],
];

describe("compressed bodies", () => {
  it("are asked for, but neither on event streams nor when the request says otherwise", async () => {
    const seen: unknown[] = [];
    const server = await serve((request, response) => {
      seen.push(request.headers["accept-encoding"]);
      response.end();
    });
    servers.push(server);
    const asked: Record<string, string>[] = [{}, { accept: "text/event-stream" }, { "accept-encoding": "identity" }];
    for (const headers of asked) await textOf(get(transport, server.origin, { headers }));
    expect(seen).toEqual([expect.stringMatching(/^gzip, br/), undefined, "identity"]);
  });
  it.each(samples)("are undone when read or poured: %s", async (encoding, bytes) => {
    const server = await answering(encoding, bytes);
    const reply = await get(transport, server.origin);
    expect(reply.headers["content-encoding"]).toBeUndefined();
    expect(reply.headers["content-length"]).toBeUndefined();
    expect(await textOf(reply)).toBe(words);
    expect(await poured(server.origin)).toEqual({ text: words, error: undefined });
  });
  it("are undone off the main thread when large", async () => {
    const noise = Buffer.from(Array.from({ length: 60_000 }, (_, at) => (at * 7919 + (at >> 3) * 31) & 0x7f));
    const server = await answering("gzip", gzipSync(noise, { level: 0 }));
    expect(await textOf(get(transport, server.origin))).toBe(noise.toString());
  });
  it("come through a sink that is always full", async () => {
    const server = await answering("gzip", gzipSync(words));
    expect(await poured(server.origin, () => false)).toEqual({ text: words, error: undefined });
  });
  it("give events when they come, not at the end", async () => {
    const whole = gzipSync("data: a\n\n", { level: 0 });
    const server = await serve((_, response) => {
      response.setHeader("content-encoding", "gzip");
      response.write(whole.subarray(0, whole.length - 8));
    });
    servers.push(server);
    let text = "";
    const reply = await get(transport, server.origin);
    reply.pour({
      data(bytes) {
        text += bytes.toString();
        return true;
      },
      end() {},
    });
    await until(() => text === "data: a\n\n");
    reply.discard();
  });
  it("may be empty", async () => {
    const server = await answering("gzip");
    expect(await textOf(get(transport, server.origin))).toBe("");
    expect(await poured(server.origin)).toEqual({ text: "", error: undefined });
  });
  it("are refused when they grow beyond the limit", async () => {
    const server = await answering("gzip", gzipSync(Buffer.alloc(50_000_000)));
    await expect(textOf(get(transport, server.origin), 1_000_000)).rejects.toMatchObject({
      kind: "bad_reply",
      message: expect.stringMatching(/larger than 1000000/),
    });
  });
  it("are refused when broken, cut short or of an unknown kind", async () => {
    const cases = [
      [await answering("gzip", Buffer.from("no gzip at all")), /cannot be decompressed/],
      [await answering("br", brotliCompressSync(words).subarray(0, 20)), /cannot be decompressed/],
      [await answering("gzip", gzipSync(words).subarray(0, 50)), /cannot be decompressed/],
      [await answering("compress", Buffer.from("x")), /"compress", which is not known/],
    ] as const;
    for (const [server, message] of cases) {
      await expect(textOf(get(transport, server.origin))).rejects.toMatchObject({
        kind: "bad_reply",
        message: expect.stringMatching(message),
      });
      expect((await poured(server.origin)).error).toMatchObject({ kind: "bad_reply", message: expect.stringMatching(message) });
    }
  });
  it("end with what the sink threw", async () => {
    const server = await answering("gzip", gzipSync(words));
    const result = await poured(server.origin, () => {
      throw new Error("mine");
    });
    expect(result.error).toMatchObject({ kind: "internal" });
  });
});
