import { describe, expect, it } from "vitest";
import { parsePath, withoutPath } from "./drop-paths.ts";

const tools = [{ function: { name: "a", strict: true } }, { function: { name: "b", strict: true }, x: 1 }];

describe("additional_drop_params", () => {
  it.each([
    ["[*].function.strict", [{ function: { name: "a" } }, { function: { name: "b" }, x: 1 }]],
    ["[1].x", [tools[0], { function: { name: "b", strict: true } }]],
    ["[9].x", tools],
    ["[*].nothing.here", tools],
    ["function", tools],
  ])("%s", (path, expected) => {
    expect(withoutPath(tools, parsePath(path))).toEqual(expected);
  });

  it("never touches what the client sent", () => {
    const before = structuredClone(tools);
    withoutPath(tools, parsePath("[*].function.strict"));
    expect(tools).toEqual(before);
  });

  it("is not fooled by names of every object", () => {
    expect(withoutPath({ a: 1 }, parsePath("constructor.name"))).toEqual({ a: 1 });
    expect(withoutPath({ a: 1 }, parsePath("__proto__"))).toEqual({ a: 1 });
  });
});
