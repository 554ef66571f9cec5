import { describe, expect, it } from "vitest";
import { fakeClock } from "../../../testkit/src/fake-clock.ts";
import { scriptedTransport } from "../../../testkit/src/scripted-transport.ts";
import type { ClientSide, Inbound } from "../dialects/dialect.ts";
import { openaiImageEditsClient } from "../dialects/openai-images/client-side.ts";
import { buildHouse } from "../house.ts";
import { fileOf } from "../hub/file-part.ts";
import { bundledPriceBook } from "../pricing/price-book.ts";
import { routerSettingsFrom } from "../router/settings-from.ts";
import { Body } from "../transport/body.ts";
import { beginCall } from "./begin.ts";
import { open } from "./open.ts";

const book = await bundledPriceBook();
const image = { mimeType: "image/png", data: Buffer.from("blue cat").toString("base64") };

async function edited(at: Pick<Inbound, "body" | "files">) {
  const clock = fakeClock();
  const transport = scriptedTransport([{ json: { candidates: [{ content: { parts: [{ inlineData: image }] }, finishReason: "STOP" }] } }], {
    clock,
  });
  const rows = [
    { model_name: "draws", litellm_params: { model: "gemini/gemini-2.5-flash-image", api_key: "k", api_base: "http://a.example/v1beta" } },
  ];
  const house = buildHouse({ rows, router: routerSettingsFrom({}), book, transport, clock, chance: () => 0 });
  const call = beginCall("call", openaiImageEditsClient as unknown as ClientSide, { headers: {}, params: {}, query: {}, ...at });
  const { answer } = await open(call, house);
  return { sent: transport.sent[0]?.json, answer };
}

const wire = (name: string) => ({ inlineData: { mimeType: "image/png", data: Buffer.from(name).toString("base64") } });

describe("files of a request", () => {
  it("stand in the JSON of dialects that want them there, in their order", async () => {
    const files = new Map([
      ["image", [fileOf(Buffer.from("cat"), "cat.png", "image/png"), fileOf(Buffer.from("dog"), "dog.png", "image/png")]],
      ["mask", [fileOf(Buffer.from("mask"), "mask.png", "image/png")]],
    ]);
    const { sent, answer } = await edited({ body: Body.of({ model: "draws", prompt: "Blue" }), files });
    expect(sent).toMatchObject({ contents: [{ parts: [{ text: "Blue" }, wire("cat"), wire("dog"), wire("mask")] }] });
    expect(JSON.parse(String(answer.kind === "json" && answer.outbound.body))).toMatchObject({ data: [{ b64_json: image.data }] });
  });

  it("that came inside JSON are known again, too", async () => {
    const url = `data:image/png;base64,${Buffer.from("cat").toString("base64")}`;
    const { sent } = await edited({ body: Body.of({ model: "draws", prompt: "Blue", images: [{ image_url: url }] }) });
    expect(sent).toMatchObject({ contents: [{ parts: [{ text: "Blue" }, wire("cat")] }] });
  });
});
