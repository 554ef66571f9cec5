import { describe, expect, it } from "vitest";
import type { Settings } from "../dialects/dialect.ts";
import { GatewayError } from "../errors.ts";
import type { ModelFacts } from "../hub/model-facts.ts";
import { geminiProvider } from "./gemini.ts";
import type { Provider } from "./provider.ts";

type Tools = Parameters<Provider["auth"]["connect"]>[1];
const noTools: Tools = {
  send: () => Promise.reject(new Error("nothing is sent")),
  clock: { now: () => 0, ticks: () => 0, after: () => ({ refresh: () => {}, cancel: () => {} }), every: () => () => {} },
};
const settingsOf = (more: Partial<Settings> = {}): Settings => ({ model: "gemini/gemini-2.5-flash", ...more });
const headersOf = (api_key?: string) => geminiProvider.auth.connect(settingsOf({ api_key }), noTools).headers;
const serve = (more: Partial<Settings> = {}, facts: ModelFacts = {}) => geminiProvider.serve("gemini-2.5-flash", settingsOf(more), facts);

describe("gemini's key", () => {
  it("goes into Google's header", () => {
    expect(headersOf("AIza1")).toEqual({ "x-goog-api-key": "AIza1" });
  });
  it("is a bearer token when it is one", () => {
    expect(headersOf("ya29.abc")).toEqual({ authorization: "Bearer ya29.abc" });
  });
  it("is missed with the names of what to set", () => {
    expect(() => headersOf()).toThrow(GatewayError);
    expect(() => headersOf()).toThrow(/GEMINI_API_KEY/);
  });
});

describe("gemini's address", () => {
  it.each([
    [undefined, "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent"],
    [
      "https://generativelanguage.googleapis.com",
      "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent",
    ],
    [
      "https://generativelanguage.googleapis.com/v1/",
      "https://generativelanguage.googleapis.com/v1/models/gemini-2.5-flash:generateContent",
    ],
    ["https://proxy.example/google", "https://proxy.example/google/models/gemini-2.5-flash:generateContent"],
    ["https://proxy.example/v1beta/models", "https://proxy.example/v1beta/models/gemini-2.5-flash:generateContent"],
    ["https://proxy.example/v1beta/models/other", "https://proxy.example/v1beta/models/other:generateContent"],
    ["https://proxy.example/v1beta/models/other:streamGenerateContent", "https://proxy.example/v1beta/models/other:generateContent"],
  ])("is whole for api_base %s", (api_base, url) => {
    const service = serve({ api_base });
    const [side] = service.sides.chat ?? [];
    expect(service.baseUrl + side?.path({ model: service.model, stream: false, settings: settingsOf() })).toBe(url);
  });
});

describe("gemini's parameters", () => {
  it("lets models that reason be told how much", () => {
    expect(serve({}, { mode: "chat", supports_reasoning: true }).supports.chat).toContain("reasoning_effort");
    expect(serve({}, { mode: "chat" }).supports.chat).not.toContain("reasoning_effort");
  });
  it("has no logit_bias", () => {
    expect(serve().supports.chat).not.toContain("logit_bias");
  });
  it("offers speech where the model speaks", () => {
    expect(serve({}, { mode: "audio_speech" }).supports.chat).toContain("audio");
    expect(serve({}, { mode: "chat" }).supports.chat).not.toContain("audio");
  });
  it("refuses sampling for models that choose it themselves", () => {
    const refuses = serve({}, { mode: "chat", supports_sampling_params: false }).refuses;
    expect(refuses?.({ temperature: 0.5, top_p: null, seed: 1 })).toEqual(["temperature"]);
    expect(serve().refuses).toBeUndefined();
  });
});
