import { fakeClock } from "@tollgate/testkit/fake-clock";
import { type ScriptedStep, scriptedTransport } from "@tollgate/testkit/scripted-transport";
import { describe, expect, it } from "vitest";
import { Cancel } from "../cancel.ts";
import type { OutboundRequest } from "../transport/transport.ts";
import { embedOneByOne } from "./bedrock-embed-many.ts";

const request = (body: string): OutboundRequest => ({
  method: "POST",
  origin: "https://a.example",
  path: "/model/titan/invoke",
  headers: {},
  body,
  network: { reach: "configured" },
});

function exchanged(body: string, steps: readonly ScriptedStep[], operation: "embed" | "chat" = "embed") {
  const clock = fakeClock();
  const transport = scriptedTransport(steps, { clock });
  const sign = (each: OutboundRequest): OutboundRequest => ({ ...each, headers: { authorization: `signed ${String(each.body)}` } });
  const asked = () => ({ model: "m", messages: [] });
  const context = { send: transport.send, sign, clock, cancel: new Cancel(), operation, stream: false, newId: () => "1", asked };
  return { transport, reply: embedOneByOne(request(body), context) };
}
const echo: ScriptedStep = ({ body }) => ({ json: { embedding: [Number(JSON.parse(String(body)).n)] } });

describe("embedOneByOne", () => {
  it("asks once for each body, signed, and answers in their order", async () => {
    const bodies = Array.from({ length: 20 }, (_, n) => ({ n }));
    const { transport, reply } = exchanged(
      JSON.stringify({ each: bodies }),
      bodies.map(() => echo),
    );
    const told = JSON.parse((await (await reply).read(1_000_000)).toString());
    expect(told.each.map((each: { embedding: number[] }) => each.embedding[0])).toEqual(bodies.map(({ n }) => n));
    expect(transport.sent.every(({ headers, body }) => headers["authorization"] === `signed ${String(body)}`)).toBe(true);
  });

  it("hands the first refusal on and asks no more", async () => {
    const bodies = Array.from({ length: 20 }, (_, n) => ({ n }));
    const steps = bodies.map((_, n) => (n === 3 ? { status: 429, json: { message: "Slow down." } } : echo));
    const { transport, reply } = exchanged(JSON.stringify({ each: bodies }), steps);
    expect((await reply).status).toBe(429);
    expect(transport.sent.length).toBeLessThan(bodies.length);
  });

  it("leaves everything else as it is", async () => {
    const { transport, reply } = exchanged('{"inputText":"a"}', [{ json: { embedding: [1] } }]);
    await reply;
    expect(transport.sent).toHaveLength(1);
    const chat = exchanged('{"each":[{}]}', [{ json: {} }], "chat");
    await chat.reply;
    expect(chat.transport.sent[0]?.body).toBe('{"each":[{}]}');
  });

  it("says so when an answer is no JSON", async () => {
    await expect(exchanged('{"each":[{},{}]}', [{ text: "<html>" }, { text: "{}" }]).reply).rejects.toThrow(/no JSON/);
  });
});
