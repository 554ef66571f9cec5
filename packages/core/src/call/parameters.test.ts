import { describe, expect, it } from "vitest";
import type { Deployment } from "../router/deployment.ts";
import { Body } from "../transport/body.ts";
import { applied, type Switches, shapeParameters } from "./parameters.ts";

const switches: Switches = { dropParams: false, additionalDrop: [], allowed: [] };

interface Given {
  readonly supports?: readonly string[];
  readonly refuses?: (asked: Readonly<Record<string, unknown>>) => readonly string[];
  readonly defaults?: object;
  readonly extraBody?: object;
  readonly allowed?: readonly string[];
}

/** The body as it would travel. */
function shaped(body: object, given: Given = {}, own: Partial<Switches> = {}): Record<string, unknown> {
  const deployment = {
    provider: "somebody",
    model: "m",
    service: { supports: given.supports ? { chat: new Set(given.supports) } : {}, refuses: given.refuses },
    defaults: given.defaults ?? {},
    extraBody: given.extraBody ?? {},
    drop: { params: false, additional: [], allowed: new Set(given.allowed ?? []) },
  } as unknown as Deployment;
  const read = Body.of(body as Record<string, unknown>);
  const patch = shapeParameters(read, deployment, "chat", { ...switches, ...own });
  const json = applied(read.json, patch);
  expect(JSON.parse(String(read.patched(patch))), "bytes and object agree").toEqual(json);
  return json;
}

const base = { model: "public", messages: [] };

describe("parameters", () => {
  it("that are the gateway's own never travel", () => {
    const own = {
      metadata: { a: 1 },
      num_retries: 2,
      timeout: 3,
      drop_params: true,
      fallbacks: ["x"],
      extra_headers: {},
      mock_response: "x",
      tags: ["t"],
    };
    expect(shaped({ ...base, ...own, top_k: 5 })).toEqual({ ...base, top_k: 5 });
  });

  it("that nobody knows travel on", () => {
    expect(shaped({ ...base, top_k: 5, my_flag: { deep: [1, null] } }, { supports: [] })).toEqual({
      ...base,
      top_k: 5,
      my_flag: { deep: [1, null] },
    });
  });

  it("that the provider lacks are refused by name, with the ways out", () => {
    const call = () => shaped({ ...base, logprobs: true, seed: 1 }, { supports: ["temperature"] });
    expect(call).toThrow(/somebody does not support parameters: \['logprobs', 'seed'\], for model=m/);
    expect(call).toThrow(/drop_params.*allowed_openai_params/s);
  });

  it("that the provider lacks are dropped when that is wanted", () => {
    expect(shaped({ ...base, logprobs: true, temperature: 1 }, { supports: ["temperature"] }, { dropParams: true })).toEqual({
      ...base,
      temperature: 1,
    });
  });

  it("that the provider lacks travel when they are allowed, by request or by deployment", () => {
    expect(shaped({ ...base, seed: 1 }, { supports: [] }, { allowed: ["seed"] })).toMatchObject({ seed: 1 });
    expect(shaped({ ...base, seed: 1 }, { supports: [], allowed: ["seed"] })).toMatchObject({ seed: 1 });
  });

  it("that say nothing are dropped silently", () => {
    expect(shaped({ ...base, seed: null, n: 1 }, { supports: [] })).toEqual(base);
    expect(() => shaped({ ...base, n: 2 }, { supports: [] })).toThrow("'n'");
  });

  it("whose value is refused are treated like those that are lacking", () => {
    const refuses: Given["refuses"] = (asked) => (asked["temperature"] === 0 ? ["temperature"] : []);
    expect(() => shaped({ ...base, temperature: 0 }, { refuses })).toThrow("'temperature'");
    expect(shaped({ ...base, temperature: 0 }, { refuses }, { dropParams: true })).toEqual(base);
    expect(shaped({ ...base, temperature: 1 }, { refuses })).toMatchObject({ temperature: 1 });
  });
});

describe("defaults of the deployment", () => {
  it("lose against the request", () => {
    expect(shaped({ ...base, temperature: 0 }, { defaults: { temperature: 1, top_p: 0.5 } })).toEqual({
      ...base,
      temperature: 0,
      top_p: 0.5,
    });
  });

  it("fill what the request says null to", () => {
    expect(shaped({ ...base, temperature: null }, { defaults: { temperature: 1 } })).toMatchObject({ temperature: 1 });
  });

  it("of the output limit give way to either name of it", () => {
    expect(shaped({ ...base, max_completion_tokens: 5 }, { defaults: { max_tokens: 9 } })).toEqual({ ...base, max_completion_tokens: 5 });
    expect(shaped({ ...base, max_tokens: 5 }, { defaults: { max_completion_tokens: 9 } })).toEqual({ ...base, max_tokens: 5 });
  });

  it("give way to extra_body, the request's last", () => {
    const given = { defaults: { a: 1, b: 1, c: 1 }, extraBody: { b: 2, c: 2 } };
    expect(shaped({ ...base, extra_body: { c: 3, d: 3 } }, given)).toEqual({ ...base, a: 1, b: 2, c: 3, d: 3 });
  });
});

describe("additional_drop_params", () => {
  it("drop whole members and parts of them", () => {
    const tools = [{ function: { name: "f", strict: true } }];
    expect(shaped({ ...base, user: "u", tools }, {}, { additionalDrop: ["user", "tools[*].function.strict"] })).toEqual({
      ...base,
      tools: [{ function: { name: "f" } }],
    });
  });
});
