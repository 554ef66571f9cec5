import { describe, expect, it } from "vitest";
import { GatewayError } from "../errors.ts";
import { address, basicOf, shownBase } from "./address.ts";

const forms: readonly (readonly [base: string, path: string, origin: string, whole: string])[] = [
  ["https://h/v1", "/chat/completions", "https://h", "/v1/chat/completions"],
  ["https://h/v1/", "/chat/completions", "https://h", "/v1/chat/completions"],
  ["https://h/v1///", "/chat/completions", "https://h", "/v1/chat/completions"],
  ["https://h", "/chat/completions", "https://h", "/chat/completions"],
  ["https://h", "/v1/messages", "https://h", "/v1/messages"],
  ["https://h/v1", "/v1/messages", "https://h", "/v1/messages"],
  ["https://h/v1/messages", "/v1/messages", "https://h", "/v1/messages"],
  ["https://h/v1/messages/", "/v1/messages", "https://h", "/v1/messages"],
  ["https://h/anthropic", "/v1/messages", "https://h", "/anthropic/v1/messages"],
  ["https://h/anthropic/v1/messages", "/v1/messages/count_tokens", "https://h", "/anthropic/v1/messages/count_tokens"],
  ["https://h/v1beta", "/v1beta/models/m:generateContent", "https://h", "/v1beta/models/m:generateContent"],
  ["https://h/v1/chat/completions", "/chat/completions", "https://h", "/v1/chat/completions"],
  ["https://h/openai/v1", "/openai/v1/chat/completions", "https://h", "/openai/v1/chat/completions"],
  ["https://h/api", "/api/chat", "https://h", "/api/api/chat"],
  ["https://h/mychat", "/chat", "https://h", "/mychat/chat"],
  ["https://h/xv1", "/v1/messages", "https://h", "/xv1/v1/messages"],
  ["https://h/x?a=1", "/chat?b=2", "https://h", "/x/chat?a=1&b=2"],
  ["https://h/x?api-version=1", "/chat?api-version=2&b=%2F", "https://h", "/x/chat?api-version=1&b=%2F"],
  ["https://h/x/chat?a=%20b", "/chat", "https://h", "/x/chat?a=%20b"],
  ["https://h/a%2Fb", "/models/eu%3Ax", "https://h", "/a%2Fb/models/eu%3Ax"],
  ["http://[::1]:8080/v1", "/chat", "http://[::1]:8080", "/v1/chat"],
  ["http://localhost:8000/v1#x", "/chat", "http://localhost:8000", "/v1/chat"],
  ["https://user:pass@h:8443/v1", "/chat", "https://h:8443", "/v1/chat"],
  ["https://h/v2/models/m/infer", "", "https://h", "/v2/models/m/infer"],
  ["https://h", "", "https://h", "/"],
  ["https://h/x", "?alt=sse", "https://h", "/x?alt=sse"],
];

describe("address", () => {
  it.each(forms)("%s and %s", (base, path, origin, whole) => {
    expect(address(base, path)).toEqual({ origin, path: whole });
  });

  it.each(["", "   ", "localhost:8000/v1", "api.example.com", "ftp://h/x", "http://"])("refuses %j and says what to write", (base) => {
    expect(() => address(base, "/chat")).toThrow(GatewayError);
    expect(() => address(base, "/chat")).toThrow(/api_base/);
  });

  it("does not repeat what may be a secret", () => {
    expect(() => address("ftp://user:secret@h", "/chat")).toThrow(/^(?!.*secret)/);
    expect(() => address("h/x?key=secret", "/chat")).toThrow(/^(?!.*secret)/);
  });
});

describe("shownBase", () => {
  it.each([
    ["https://user:pass@h:8443/v1/?key=secret", "https://h:8443/v1"],
    ["https://h", "https://h"],
    ["nonsense", ""],
    ["", ""],
  ])("%s is shown as %j", (base, shown) => {
    expect(shownBase(base)).toBe(shown);
  });
});

describe("basicOf", () => {
  it("says in a header what stood in the address", () => {
    expect(basicOf("https://us%40er:pa%3Ass@h/v1")).toBe(`Basic ${Buffer.from("us@er:pa:ss").toString("base64")}`);
    expect(basicOf("https://h/@x")).toBeUndefined();
  });
});
