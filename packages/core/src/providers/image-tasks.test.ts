/** Whole calls to providers whose images and speech are tasks. */

import { beforeEach, describe, expect, it } from "vitest";
import { answered, providerCalls } from "../../../testkit/src/suites/ask-provider.ts";
import { fileOf } from "../hub/file-part.ts";

let calls: ReturnType<typeof providerCalls>;
beforeEach(() => {
  calls = providerCalls();
});

const picture = fileOf(Buffer.from("PICTURE"), "a.png", "image/png");
const hole = fileOf(Buffer.from("HOLE"), "m.png", "image/png");
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("Black Forest Labs", () => {
  const asking = { model: "black_forest_labs/flux-pro-1.1", body: { prompt: "Red" } };
  const made = { json: { id: "t1", polling_url: "https://api.eu1.bfl.ai/v1/get_result?id=t1" } };
  const ready = { json: { status: "Ready", result: { sample: "https://delivery.example/a.jpeg" } } };

  it("asks in the region that made the task until it is ready", async () => {
    const answer = await answered(calls.ask("image", asking, made, { json: { status: "Pending" } }, ready));
    expect(answer).toMatchObject({ data: [{ url: "https://delivery.example/a.jpeg" }] });
    expect(calls.steps()).toEqual([
      "POST https://api.bfl.ai/v1/flux-pro-1.1",
      ...Array(2).fill("GET https://api.eu1.bfl.ai/v1/get_result?id=t1"),
    ]);
    expect(calls.sent[1]?.headers["x-key"]).toBe("sk-1");
  });

  it("takes its key to no host of others", async () => {
    await calls.ask("image", asking, { json: { id: "t 1", polling_url: "https://evil.example/steal?bfl.ai" } }, ready);
    expect(calls.steps()[1]).toBe("GET https://api.bfl.ai/v1/get_result?id=t%201");
  });

  it("fetches the image, without the key, for who wants it itself", async () => {
    const wanted = { ...asking, body: { ...asking.body, response_format: "b64_json" } };
    expect(await answered(calls.ask("image", wanted, made, ready, { text: "JPEG" }))).toMatchObject({
      data: [{ b64_json: base64("JPEG") }],
    });
    const fetched = calls.sent[2];
    expect(`${fetched?.origin}${fetched?.path}`).toBe("https://delivery.example/a.jpeg");
    expect(Object.values(fetched?.headers ?? {})).not.toContain("sk-1");
    expect(fetched?.network.reach).toBe("public");
  });

  it.each([
    ["Content Moderated", "content_policy"],
    ["Request Moderated", "content_policy"],
    ["Error", "upstream_internal"],
  ])("tells that a task ended as %s", async (status, kind) => {
    await expect(calls.ask("image", asking, made, { json: { status } })).rejects.toMatchObject({ kind });
  });

  it("hands on what the task's address answers", async () => {
    await expect(calls.ask("image", asking, made, { status: 429, json: { detail: "Too many tasks." } })).rejects.toMatchObject({
      kind: "rate_limit",
      message: "Too many tasks.",
    });
  });

  it("is given up with the call's own time when a task never ends", async () => {
    const otherwise = { json: { status: "Pending" } };
    const endless = calls.ask("image", { ...asking, settings: { timeout: 9 }, otherwise }, made);
    await expect(endless).rejects.toMatchObject({ kind: "timeout" });
  });

  it.each([
    ["flux-kontext-pro", { input_image: base64("PICTURE"), aspect_ratio: "3:2" }],
    ["flux-pro-1.0-fill", { image: base64("PICTURE"), mask: base64("HOLE"), steps: 50 }],
    ["flux-pro-1.1", { image_prompt: base64("PICTURE"), width: 1536, height: 1024 }],
  ])("%s takes an image to change in its own way", async (model, expected) => {
    const files = { image: picture, ...(model.endsWith("fill") && { mask: hole }) };
    const body = { prompt: "Red", size: "1536x1024", ...(model.endsWith("fill") && { steps: "50" }) };
    await calls.ask("edit", { model: `black_forest_labs/${model}`, body, files }, made, ready);
    expect(calls.sent[0]?.json).toEqual({ prompt: "Red", ...expected });
  });
});

describe("Runway", () => {
  const task = (more: object) => ({ json: { id: "t1", ...more } });

  it("makes an image as a task", async () => {
    const answer = calls.ask(
      "edit",
      { model: "runwayml/gen4_image", body: { prompt: "Red", size: "1024x1024" }, files: { image: picture } },
      task({}),
      task({ status: "RUNNING" }),
      task({ status: "SUCCEEDED", output: ["https://cdn.example/a.png"] }),
    );
    expect(await answered(answer)).toMatchObject({ data: [{ url: "https://cdn.example/a.png" }] });
    expect(calls.steps().slice(0, 2)).toEqual([
      "POST https://api.dev.runwayml.com/v1/text_to_image",
      "GET https://api.dev.runwayml.com/v1/tasks/t1",
    ]);
    expect(calls.sent[1]?.headers["x-runway-version"]).toBe("2024-11-06");
    expect(calls.sent[0]?.json).toMatchObject({
      ratio: "1024:1024",
      referenceImages: [{ uri: `data:image/png;base64,${base64("PICTURE")}` }],
    });
  });

  it("speaks with what lies at the task's address", async () => {
    const { answer } = await calls.ask(
      "speak",
      { model: "runwayml/eleven_multilingual_v2", body: { input: "Hello", voice: "alloy" } },
      task({}),
      task({ status: "SUCCEEDED", output: ["https://cdn.example/a.mp3"] }),
      { text: "ID3", headers: { "content-type": "audio/mpeg" } },
    );
    expect(answer.kind).toBe("bytes");
    expect(calls.steps()[2]).toBe("GET https://cdn.example/a.mp3");
    expect(calls.sent[2]?.headers).toEqual({ accept: "*/*" });
  });

  it.each([
    ["speak", "SAFETY.INPUT.TEXT", "content_policy"],
    ["image", "INPUT_PREPROCESSING.INTERNAL", "bad_request"],
    ["image", "INTERNAL.BAD_OUTPUT.CODE01", "upstream_internal"],
  ] as const)("tells why a task to %s failed: %s", async (what, failureCode, kind) => {
    const body = { prompt: "Red", input: "Red" };
    const failed = calls.ask(what, { model: "runwayml/m", body }, task({}), task({ status: "FAILED", failure: "Not done.", failureCode }));
    await expect(failed).rejects.toMatchObject({ kind, message: "Not done." });
  });
});

describe("Topaz", () => {
  it("makes, waits, and tells where the result lies", async () => {
    const answer = calls.ask(
      "vary",
      { model: "topaz/Wonder", files: { image: picture } },
      { json: { process_id: "p1", eta: 9 } },
      { json: { process_id: "p1", status: "Processing" } },
      { json: { process_id: "p1", status: "Completed" } },
      { json: { download_url: "https://results.example/a.png" } },
    );
    expect(await answered(answer)).toMatchObject({ data: [{ url: "https://results.example/a.png" }] });
    const base = "https://api.topazlabs.com/image/v1";
    expect(calls.steps()).toEqual([
      `POST ${base}/enhance-gen/async`,
      `GET ${base}/status/p1`,
      `GET ${base}/status/p1`,
      `GET ${base}/download/p1`,
    ]);
    expect(calls.sent[0]?.headers["x-api-key"]).toBe("sk-1");
  });

  it("tells that a task failed", async () => {
    const failed = calls.ask(
      "vary",
      { model: "topaz/CGI", files: { image: picture } },
      { json: { process_id: "p1" } },
      { json: { status: "Failed" } },
    );
    await expect(failed).rejects.toMatchObject({ kind: "upstream_internal" });
  });
});
