import { fakeClock } from "@tollgate/testkit/fake-clock";
import { type ScriptedReply, scriptedTransport } from "@tollgate/testkit/scripted-transport";
import { describe, expect, it } from "vitest";
import { Cancel } from "../cancel.ts";
import { GatewayError } from "../errors.ts";
import type { OutboundRequest } from "../transport/transport.ts";
import { replicate } from "./replicate.ts";

const { exchange } = replicate.serve("meta/llama", { model: "meta/llama" }, {});
const request: OutboundRequest = {
  method: "POST",
  origin: "https://api.replicate.com",
  path: "/v1/models/meta/llama/predictions",
  headers: { authorization: "Token k", "content-type": "application/json" },
  body: "{}",
  network: { reach: "configured" },
};

function play(replies: readonly ScriptedReply[], stream = false) {
  const clock = fakeClock();
  const transport = scriptedTransport(replies, { clock });
  const cancel = new Cancel();
  const context = {
    send: transport.send,
    clock,
    cancel,
    operation: "chat",
    stream,
    newId: () => "id",
    asked: () => ({ model: "m", messages: [] }),
    sign: (each: OutboundRequest) => each,
  } as const;
  if (!exchange) throw new Error("Replicate has no exchange.");
  const answer = exchange(request, context);
  answer.catch(() => {});
  return { answer, clock, cancel, sent: transport.sent };
}

const made = { id: "p1", status: "starting", urls: { get: "https://elsewhere.example/p1" } };
const read = async (reply: Promise<{ read(limit: number): Buffer | Promise<Buffer> }>) =>
  JSON.parse((await (await reply).read(1e6)).toString());

describe("a prediction", () => {
  it("is asked for every half second until it is done, and only where it was made", async () => {
    const { answer, clock, sent } = play([
      { status: 201, json: made },
      { json: { ...made, status: "processing" } },
      { json: { ...made, status: "succeeded", output: ["Hel", "lo"] } },
    ]);
    await clock.advance(1000);
    expect(await read(answer)).toMatchObject({ status: "succeeded", output: ["Hel", "lo"] });
    expect(sent.map(({ method, origin, path }) => `${method} ${origin}${path}`)).toEqual([
      "POST https://api.replicate.com/v1/models/meta/llama/predictions",
      "GET https://api.replicate.com/v1/predictions/p1",
      "GET https://api.replicate.com/v1/predictions/p1",
    ]);
    expect(sent[1]?.headers).toEqual({ authorization: "Token k" });
    expect(sent[1]?.body).toBeUndefined();
  });

  it("that failed is an error with its own words", async () => {
    const { answer, clock } = play([{ status: 201, json: made }, { json: { id: "p1", status: "failed", error: "input is too long" } }]);
    await clock.advance(500);
    expect((await answer).status).toBe(422);
    expect(await read(answer)).toEqual({ detail: "input is too long" });
  });

  it("that never ends ends with the call", async () => {
    const { answer, clock, cancel } = play([{ status: 201, json: made }, { json: made }, { json: made }]);
    await clock.advance(900);
    cancel.abort(new GatewayError("timeout", "Too late."));
    await expect(answer).rejects.toThrow("Too late.");
    expect(clock.pending).toBe(0);
  });

  it("that was refused is answered as it came", async () => {
    const { answer } = play([{ status: 401, json: { detail: "Unauthenticated" } }]);
    expect((await answer).status).toBe(401);
  });
});

describe("a streamed prediction", () => {
  const stream = "https://stream.replicate.com/v1/files/abc";

  it("is read where the stream is", async () => {
    const { answer, sent } = play([{ status: 201, json: { ...made, urls: { stream } } }, { sse: ["x"] }], true);
    expect((await answer).status).toBe(200);
    expect(sent[1]).toMatchObject({ method: "GET", origin: "https://stream.replicate.com", path: "/v1/files/abc" });
    expect(sent[1]?.headers["accept"]).toBe("text/event-stream");
  });

  it("is asked for like others where the stream is somewhere else, or nowhere", async () => {
    const foreign = { ...made, urls: { stream: "https://evil.example/replicate.com" } };
    const { answer, clock, sent } = play([{ status: 201, json: foreign }, { json: { ...made, status: "succeeded", output: "x" } }], true);
    await clock.advance(500);
    expect(await read(answer)).toMatchObject({ output: "x" });
    expect(sent[1]?.origin).toBe("https://api.replicate.com");
  });
});
