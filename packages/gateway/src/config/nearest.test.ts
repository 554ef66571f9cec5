/** Which known name a mistyped one is taken for. */

import { describe, expect, it } from "vitest";
import { nearest } from "./nearest.ts";

describe("nearest", () => {
  it.each([
    ["opnai", "openai"],
    ["antropic", "anthropic"],
    ["Azure", "azure"],
    ["oepnai", "openai"],
  ])("finds what %s was meant to be", (typed, meant) => {
    expect(nearest(typed, ["openai", "anthropic", "azure"])).toBe(meant);
  });

  it("is silent when nothing is near", () => {
    expect(nearest("bedrock", ["openai", "anthropic"])).toBeUndefined();
    expect(nearest("x", [])).toBeUndefined();
  });
});
