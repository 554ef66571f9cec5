/** Tests of Anthropic as a provider: address, credentials, parameters. */

import { describe, expect, it } from "vitest";
import type { TranslateContext } from "../dialects/dialect.ts";
import { anthropic } from "./anthropic.ts";
import type { Settings } from "./provider.ts";

const tools = {
  send: () => Promise.reject(new Error("nothing is sent here")),
  clock: { now: () => 0, ticks: () => 0, after: () => ({ refresh: () => {}, cancel: () => {} }), every: () => () => {} },
};
const headersOf = (settings: Partial<Settings>) => anthropic.auth.connect({ model: "anthropic/claude", ...settings }, tools).headers;
const serve = (model: string, settings: Partial<Settings> = {}, facts = {}) => anthropic.serve(model, { model, ...settings }, facts);

describe("credentials", () => {
  it("sends a key in its own header", () => {
    expect(headersOf({ api_key: "sk-ant-api03-x" })).toEqual({ "x-api-key": "sk-ant-api03-x" });
  });

  it("sends a login token as bearer, whether it stands as the key or beside it", () => {
    expect(headersOf({ api_key: "sk-ant-oat01-x" })).toEqual({ authorization: "Bearer sk-ant-oat01-x" });
    expect(headersOf({ auth_token: "t0k" })).toEqual({ authorization: "Bearer t0k" });
  });

  it("prefers a key to a token", () => {
    expect(headersOf({ api_key: "sk-1", auth_token: "t0k" })).toEqual({ "x-api-key": "sk-1" });
  });

  it("says what to set when there is neither", () => {
    expect(() => headersOf({})).toThrow(/ANTHROPIC_API_KEY/);
  });
});

describe("service", () => {
  it("is at home unless told otherwise", () => {
    expect(serve("claude").baseUrl).toBe("https://api.anthropic.com");
    expect(serve("claude", { api_base: "http://127.0.0.1:1" }).baseUrl).toBe("http://127.0.0.1:1");
  });

  it("asks for login tokens to be taken", () => {
    const context: TranslateContext<"chat"> = {
      asked: { model: "m", messages: [] },
      model: "m",
      publicModel: "m",
      facts: {},
      settings: { model: "m", extra_headers: { "anthropic-beta": "a" } },
      dropParams: false,
      fetched: new Map(),
      now: 0,
      newId: () => "id",
    };
    const beta = (settings: Partial<Settings>) => serve("m", settings).sides.chat?.[0]?.headers?.(context, {})["anthropic-beta"];
    expect(beta({ api_key: "sk-ant-oat01-x" })).toBe("a,oauth-2025-04-20");
    expect(beta({ api_key: "sk-ant-api03-x" })).toBe("a");
  });

  it.each([
    ["claude-sonnet-4-5", { mode: "chat", supports_reasoning: true }, true],
    ["claude-3-haiku-20240307", { mode: "chat" }, false],
    ["claude-3-haiku-20240307", {}, false],
    ["claude-3-7-sonnet-20250219", {}, true],
    ["claude-sonnet-4-20250514", {}, true],
  ])("lets %s think as far as it is known (%j)", (model, facts, thinks) => {
    const parameters = serve(model, {}, facts).supports.chat;
    expect(parameters?.has("thinking")).toBe(thinks);
    expect(parameters?.has("reasoning_effort")).toBe(thinks);
  });

  it("takes what the API has a word for, and not the rest of OpenAI's", () => {
    const parameters = serve("claude").supports.chat;
    expect(["max_tokens", "stop", "tools", "functions", "response_format", "service_tier"].every((name) => parameters?.has(name))).toBe(
      true,
    );
    expect(["frequency_penalty", "seed", "logit_bias", "n"].some((name) => parameters?.has(name))).toBe(false);
  });
});
