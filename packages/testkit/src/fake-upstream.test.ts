import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FakeUpstream, startFakeUpstream } from "./fake-upstream.ts";

let upstream: FakeUpstream;
beforeEach(async () => {
  upstream = await startFakeUpstream();
});
afterEach(() => upstream.close());

const post = (body: string, signal?: AbortSignal) => fetch(`${upstream.url}/v1/x?y=1`, { method: "POST", body, signal });

describe("startFakeUpstream", () => {
  it("answers from its script and remembers what was asked", async () => {
    upstream.script({ status: 201, headers: { "x-one": "1" }, json: { ok: true } }, (request) => ({ text: request.path }));
    const first = await post('{"a":1}');
    expect([first.status, first.headers.get("x-one"), await first.json()]).toEqual([201, "1", { ok: true }]);
    expect(await (await post("no json")).text()).toBe("/v1/x?y=1");
    expect(upstream.requests.map((each) => [each.method, each.path, each.json, each.clientGone])).toEqual([
      ["POST", "/v1/x?y=1", { a: 1 }, false],
      ["POST", "/v1/x?y=1", "no json", false],
    ]);
  });

  it("says so when its script is at its end", async () => {
    const reply = await post("{}");
    expect([reply.status, await reply.text()]).toEqual([500, "Nothing is scripted for request 1."]);
  });

  it("streams piece by piece", async () => {
    upstream.script({ pieces: ["data: 1\n\n", 1, "data: 2\n\n"] });
    const reply = await post("{}");
    expect([reply.headers.get("content-type"), await reply.text()]).toEqual(["text/event-stream", "data: 1\n\ndata: 2\n\n"]);
  });

  it("hangs up before an answer", async () => {
    upstream.script({ hangsUp: "before" });
    await expect(post("{}")).rejects.toThrow("fetch failed");
  });

  it("hangs up in the middle of a stream, after what it sent has arrived", async () => {
    upstream.script({ pieces: ["data: 1\n\n"], hangsUp: "after" });
    const reply = await post("{}");
    const reader = reply.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("data: 1\n\n");
    await expect(reader?.read()).rejects.toThrow("terminated");
  });

  it("notices a client that goes away", async () => {
    upstream.script({ pieces: ["data: 1\n\n"], hangsUp: "never" });
    const leave = new AbortController();
    const reply = await post("{}", leave.signal);
    const request = await upstream.request(0);
    expect([reply.status, request.clientGone]).toEqual([200, false]);
    leave.abort();
    expect(await request.over).toBe(true);
    expect(request.clientGone).toBe(true);
  });

  it("stops waiting when the client goes away", async () => {
    upstream.script({ delayMs: 60_000, json: {} });
    const leave = new AbortController();
    const answer = post("{}", leave.signal);
    const request = await upstream.request(0);
    leave.abort();
    await expect(answer).rejects.toThrow();
    expect(await request.over).toBe(true);
  });
});
