import { describe, expect, it } from "vitest";
import { proxiesOf, proxyFor } from "./proxies.ts";

const through = (address: string, none: string): boolean => proxyFor(new URL(address), { all: "http://proxy", none }) !== undefined;

describe("proxyFor", () => {
  it("goes by the address's scheme, then by ALL_PROXY", () => {
    const proxies = proxiesOf({
      HTTPS_PROXY: "http://secure:1",
      http_proxy: "plain:2",
      HTTP_PROXY: "http://loses",
      ALL_PROXY: "http://all:3",
    });
    expect(proxyFor(new URL("https://a.example"), proxies)).toBe("http://secure:1");
    expect(proxyFor(new URL("http://a.example"), proxies)).toBe("http://plain:2");
    expect(proxyFor(new URL("http://a.example"), { all: "http://all:3" })).toBe("http://all:3");
    expect(proxyFor(new URL("http://a.example"), proxiesOf({}))).toBeUndefined();
  });
  it.each([
    ["https://api.example.com", "example.com", false],
    ["https://api.example.com", ".example.com", false],
    ["https://api.example.com", "*.example.com", false],
    ["https://API.example.com", "other, api.EXAMPLE.com", false],
    ["https://notexample.com", "example.com", true],
    ["https://api.example.com", "example.com:8443", true],
    ["https://api.example.com:8443", "example.com:8443", false],
    ["https://api.example.com", "api.example.com:443", false],
    ["http://10.1.2.3", "10.0.0.0/8", false],
    ["http://11.1.2.3", "10.0.0.0/8", true],
    ["http://127.0.0.1:4000", "127.0.0.1 localhost", false],
    ["http://127.0.0.1:4000", "27.0.0.1", true],
    ["http://[::1]:80", "::1", false],
    ["http://[::1]:81", "[::1]:80", true],
    ["http://[fd00::5]", "fd00::/8", false],
    ["https://anything", "*", false],
    ["https://anything", "", true],
  ])("%s with NO_PROXY=%s goes through the proxy: %s", (address, none, expected) => {
    expect(through(address, none)).toBe(expected);
  });
});
