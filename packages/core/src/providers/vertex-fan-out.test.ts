import { describe, expect, it } from "vitest";
import { Cancel } from "../cancel.ts";
import { replyWith } from "../transport/reply.ts";
import type { OutboundRequest } from "../transport/transport.ts";
import type { Exchange } from "./provider.ts";
import { oneContentEach, oneInstanceEach } from "./vertex-fan-out.ts";

const request: OutboundRequest = { method: "POST", origin: "https://x.example", path: "/", headers: {}, network: { reach: "configured" } };

async function played(exchange: Exchange, body: object, answer: (sent: unknown, at: number) => { status?: number; json: unknown }) {
  const sent: unknown[] = [];
  const send = async ({ body: bytes }: OutboundRequest) => {
    const json: unknown = JSON.parse(String(bytes));
    const { status = 200, json: told } = answer(json, sent.push(json) - 1);
    return replyWith({ status, body: typeof told === "string" ? told : JSON.stringify(told) });
  };
  const context = { send, cancel: new Cancel() } as Partial<Parameters<Exchange>[1]> as Parameters<Exchange>[1];
  const reply = await exchange({ ...request, body: JSON.stringify(body) }, context);
  const json: unknown = JSON.parse(String(await reply.read(1_000_000)));
  return { sent, status: reply.status, json };
}

describe("several inputs of a model that takes one", () => {
  it("become one predict each, joined in order", async () => {
    const instances = Array.from({ length: 10 }, (_, at) => ({ content: `text ${at}` }));
    const { sent, json } = await played(oneInstanceEach, { instances, parameters: { outputDimensionality: 2 } }, (_, at) => ({
      json: { predictions: [{ embeddings: { values: [at], statistics: { token_count: 1 } } }] },
    }));
    expect(sent).toHaveLength(10);
    expect(sent[9]).toEqual({ instances: [{ content: "text 9" }], parameters: { outputDimensionality: 2 } });
    const told = json as { predictions: { embeddings: { values: number[] } }[] };
    expect(told.predictions.map(({ embeddings }) => embeddings.values[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("become one embedContent each, their tokens summed", async () => {
    const requests = [
      { model: "models/m", content: { parts: [{ text: "a" }] } },
      { model: "models/m", content: { parts: [{ text: "b" }] } },
    ];
    const { sent, json } = await played(oneContentEach, { requests }, (_, at) => ({
      json: { embedding: { values: [at] }, usageMetadata: { promptTokenCount: 2 } },
    }));
    expect(sent).toEqual([{ content: { parts: [{ text: "a" }] } }, { content: { parts: [{ text: "b" }] } }]);
    expect(json).toEqual({ embeddings: [{ values: [0] }, { values: [1] }], usageMetadata: { promptTokenCount: 4 } });
  });

  it("are refused as one when one is", async () => {
    const body = { instances: [{ content: "a" }, { content: "b" }] };
    const { status, json } = await played(oneInstanceEach, body, (_, at) =>
      at === 1 ? { status: 400, json: { error: { message: "Empty." } } } : { json: { predictions: [{}] } },
    );
    expect({ status, json }).toEqual({ status: 400, json: { error: { message: "Empty." } } });
  });

  it("are no answer when one is a page, and none at all is told", async () => {
    await expect(played(oneInstanceEach, { instances: [{}] }, () => ({ json: "<html>" }))).rejects.toMatchObject({ kind: "bad_reply" });
    await expect(played(oneInstanceEach, { instances: [] }, () => ({ json: {} }))).rejects.toMatchObject({ kind: "bad_request" });
  });
});
