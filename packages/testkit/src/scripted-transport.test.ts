import { Cancel, GatewayError, type OutboundRequest } from "tollgate/parts";
import { describe, expect, it } from "vitest";
import { fakeClock } from "./fake-clock.ts";
import { scriptedTransport } from "./scripted-transport.ts";

const request: OutboundRequest = {
  method: "POST",
  origin: "https://north.test",
  path: "/v1/chat/completions",
  headers: {},
  body: '{"model":"one"}',
  network: { reach: "configured" },
};

describe("scriptedTransport", () => {
  it("answers from its list and remembers what was asked", async () => {
    const transport = scriptedTransport([{ json: { ok: true } }, { status: 503, text: "later" }]);
    const first = await transport.send(request, new Cancel());
    expect([first.status, first.headers["content-type"], (await first.read(1000)).toString()]).toEqual([
      200,
      "application/json",
      '{"ok":true}',
    ]);
    const second = await transport.send(request, new Cancel());
    expect([second.status, (await second.read(1000)).toString()]).toEqual([503, "later"]);
    expect(transport.sent.map((each) => each.json)).toEqual([{ model: "one" }, { model: "one" }]);
    await expect(transport.send(request, new Cancel())).rejects.toThrow("Nothing is scripted for request 3");
  });

  it("pours events one by one, and breaks off where it is told to", async () => {
    const broken = new GatewayError("connection", "The provider hung up.");
    const transport = scriptedTransport([{ sse: [{ n: 1 }, "[DONE]"], breaks: broken }]);
    const reply = await transport.send(request, new Cancel());
    const seen: string[] = [];
    const error = await new Promise((resolve) => {
      reply.pour({ data: (bytes) => seen.push(bytes.toString()) > 0, end: resolve });
    });
    expect(seen).toEqual(['data: {"n":1}\n\n', "data: [DONE]\n\n"]);
    expect(error).toBe(broken);
  });

  it("throws errors of the list and asks functions", async () => {
    const transport = scriptedTransport([new GatewayError("timeout", "Too late.")], {
      otherwise: (asked, index) => ({ json: [asked.path, index] }),
    });
    await expect(transport.send(request, new Cancel())).rejects.toMatchObject({ kind: "timeout" });
    const reply = await transport.send(request, new Cancel());
    expect((await reply.read(1000)).toString()).toBe('["/v1/chat/completions",1]');
  });

  it("waits by its clock, unless the call is cancelled", async () => {
    const clock = fakeClock();
    const transport = scriptedTransport([{ delayMs: 100 }, { delayMs: 100 }], { clock });
    const answer = transport.send(request, new Cancel());
    await clock.advance(100);
    expect((await answer).status).toBe(200);
    const cancel = new Cancel();
    const gone = transport.send(request, cancel);
    cancel.abort(new GatewayError("client_gone", "The client left."));
    await expect(gone).rejects.toMatchObject({ kind: "client_gone" });
    expect(clock.pending).toBe(0);
  });
});
