import { GatewayError, systemClock } from "tollgate/parts";
import { describe, expect, it } from "vitest";
import { type Access, createAccess } from "./access.ts";
import type { Principal } from "./principal.ts";

const KEY = "sk-the-master-key-of-this-test";
const access = createAccess({ masterKey: KEY, headerName: "X-Our-Key", clock: systemClock });

function who(headers: Record<string, string>, from: Access = access): Principal {
  const principal = from.who({ headers, path: "/v1/chat/completions", ip: "127.0.0.1" });
  if (principal instanceof Promise) throw new Error("Nothing has to be looked up for this key.");
  return principal;
}

function refusal(headers: Record<string, string>): string {
  try {
    who(headers);
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
    expect(who({ [name]: value })).toMatchObject({ kind: "master", name: "master key", role: "proxy_admin" });
  });

  it("is taken from LiteLLM's own header before all others", () => {
    expect(who({ "x-litellm-api-key": KEY, authorization: "Bearer somebody-else" }).kind).toBe("master");
    expect(refusal({ "x-litellm-api-key": "sk-wrong", authorization: `Bearer ${KEY}` })).toBe("wrong_key");
  });

  it("is looked for further where a header is empty", () => {
    expect(who({ authorization: "", "x-api-key": KEY }).kind).toBe("master");
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
    expect(() => who({ authorization: "Bearer sk-secret-of-somebody" })).toThrow(expect.not.stringContaining("sk-secret") as never);
    try {
      who({ authorization: "sk-secret-of-somebody" });
    } catch (thrown) {
      expect(String(thrown)).not.toContain("sk-secret");
    }
  });
});

it("lets everybody in where an open door was decided on", () => {
  expect(who({}, createAccess({ masterKey: undefined, clock: systemClock })).kind).toBe("master");
});
