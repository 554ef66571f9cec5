/** Tests of the names that tools travel under. */

import { describe, expect, it } from "vitest";
import type { ChatRequest } from "../../hub/chat.ts";
import { toolNames } from "./tool-names.ts";

function namesOf(tools: readonly string[], called: readonly string[] = []) {
  const asked: ChatRequest = {
    model: "m",
    messages: [{ role: "assistant", tool_calls: called.map((name) => ({ id: name, function: { name, arguments: "" } })) }],
    tools: tools.map((name) => ({ type: "function", function: { name } })),
  };
  return toolNames(asked);
}

describe("tool names", () => {
  it("leaves a name alone that the wire takes", () => {
    expect(namesOf(["get_weather"]).toWire("get_weather")).toBe("get_weather");
  });

  it("replaces what the wire refuses, and finds the way back", () => {
    const names = namesOf(["weather.lookup:v1"]);
    expect(names.toWire("weather.lookup:v1")).toBe("weather_lookup_v1");
    expect(names.toHub("weather_lookup_v1")).toBe("weather.lookup:v1");
  });

  it("keeps names apart that would become one, and never touches the one that was fit", () => {
    const names = namesOf(["a.b", "a b", "a_b"]);
    expect(["a.b", "a b", "a_b"].map(names.toWire)).toEqual(["a_b_2", "a_b_3", "a_b"]);
    expect(["a_b_2", "a_b_3", "a_b"].map(names.toHub)).toEqual(["a.b", "a b", "a_b"]);
  });

  it("cuts a long name to 128 characters, its number included", () => {
    const [first, second] = [`${"x".repeat(130)}1`, `${"x".repeat(130)}2`];
    const names = namesOf([first, second]);
    expect(names.toWire(first)).toBe("x".repeat(128));
    expect(names.toWire(second)).toBe(`${"x".repeat(126)}_2`);
    expect(names.toHub(names.toWire(second))).toBe(second);
  });

  it("knows the names of calls whose tool is no longer offered", () => {
    expect(namesOf([], ["old.tool"]).toHub("old_tool")).toBe("old.tool");
  });
});
