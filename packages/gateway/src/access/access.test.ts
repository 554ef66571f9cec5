import { GatewayError } from "tollgate/parts";
import { describe, expect, it } from "vitest";
import { createAccess } from "./access.ts";

const KEY = "sk-the-master-key-of-this-test";
const access = createAccess({ masterKey: KEY, headerName: "X-Our-Key" });

function refusal(headers: Record<string, string>): string {
  try {
    access.who(headers);
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown.kind;
  }
  return "let in";
}

describe("a key", () => {
  it.each([
    ["authorization", `Bearer ${KEY}`],
    ["authorization", `bearer ${KEY}`],
    ["authorization", `Bearer   ${KEY} `],
    ["x-litellm-api-key", KEY],
    ["x-litellm-api-key", `Bearer ${KEY}`],
    ["api-key", KEY],
    ["x-api-key", KEY],
    ["x-goog-api-key", KEY],
    ["ocp-apim-subscription-key", KEY],
    ["x-our-key", KEY],
    ["x-our-key", `Bearer ${KEY}`],
  ])("is read from %s: %s", (name, value) => {
    expect(access.who({ [name]: value })).toEqual({ kind: "master", name: "master key" });
  });

  it("is taken from LiteLLM's own header before all others", () => {
    expect(access.who({ "x-litellm-api-key": KEY, authorization: "Bearer somebody-else" }).kind).toBe("master");
    expect(refusal({ "x-litellm-api-key": "sk-wrong", authorization: `Bearer ${KEY}` })).toBe("wrong_key");
  });

  it("is looked for further where a header is empty", () => {
    expect(access.who({ authorization: "", "x-api-key": KEY }).kind).toBe("master");
  });
});

describe("refusals", () => {
  it.each([
    ["no_key", {}],
    ["no_key", { authorization: "" }],
    ["wrong_key", { authorization: KEY }],
    ["wrong_key", { authorization: `Basic ${KEY}` }],
    ["wrong_key", { authorization: "Bearer" }],
    ["wrong_key", { authorization: "Bearer " }],
    ["wrong_key", { authorization: `Bearer ${KEY}x` }],
    ["wrong_key", { authorization: `Bearer ${KEY.slice(0, -1)}` }],
    ["wrong_key", { "x-api-key": KEY.toUpperCase() }],
  ])("%s for %j", (kind, headers) => {
    expect(refusal(headers as Record<string, string>)).toBe(kind);
  });

  it("never repeat the key", () => {
    expect(() => access.who({ authorization: "Bearer sk-secret-of-somebody" })).toThrow(expect.not.stringContaining("sk-secret") as never);
    try {
      access.who({ authorization: "sk-secret-of-somebody" });
    } catch (thrown) {
      expect(String(thrown)).not.toContain("sk-secret");
    }
  });
});

it("lets everybody in where an open door was decided on", () => {
  expect(createAccess({ masterKey: undefined }).who({}).kind).toBe("master");
});
